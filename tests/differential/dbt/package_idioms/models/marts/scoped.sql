select '{{ kit.null_text() }}' as package_var, '{{ var("kit_null_text", "root default") }}' as root_var
