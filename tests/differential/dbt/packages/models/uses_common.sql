select whose, seen, project from {{ ref('common') }} union all
select '{{ model.tags | join(",") }}', '{{ model.config.meta.by }}', '{{ project_name }}' union all
select * from (select whose, seen, project from {{ ref('lib', 'common') }})
