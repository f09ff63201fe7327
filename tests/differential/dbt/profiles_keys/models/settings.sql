select
    current_setting('TimeZone') as zone,
    current_setting('preserve_insertion_order') as keeps_order,
    current_setting('default_null_order') as null_order,
    json_extract('{"a": 1}', '$.a') as has_json
