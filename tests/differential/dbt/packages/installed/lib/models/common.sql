select 'of lib' as whose, {{ vars_seen() }} as seen, '{{ project_name }}' as project, '{{ this }}' as me
