{{ config(tags=['in_file'], volatility='deterministic', meta={'b': 2}) }}
{{ log('SEE: this ' ~ this ~ ' ' ~ this.type ~ ' ' ~ function('plus_one') ~ ' ' ~ function('plus_one').type ~ ' ' ~ function('plus_one').is_function, info=true) if execute }}
{{ function('plus_one') }}(x) * y * {{ var('factor', 2) }} + (select max(v) from {{ ref('base') }})
