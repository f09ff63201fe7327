select '{{ flags.FULL_REFRESH }}' as full_refresh, '{{ flags.WHICH }}' as which, '{{ flags.STORE_FAILURES }}' as store, '{{ flags.EMPTY }}' as empty,
  '{{ target.name }}{{ target.schema }}{{ target.type }}{{ target.threads }}{{ target.database }}{{ target.profile_name }}' as target, '{{ execute }}' as execute,
  '{{ env_var("DIFFERENTIAL_MODE") }} {{ env_var("NOT_SET_ANYWHERE", "default") }}' as env, '{{ dbt_version.split(".")[0] }}' as major, '{{ project_name }}' as project,
  '{{ invocation_id | length }} {{ run_started_at.strftime("%Y") | length }} {{ run_started_at.tzinfo is not none }}' as run, '{{ adapter.type() }}' as adapter,
  '{{ invocation_args_dict.which if invocation_args_dict is defined }}' as args
