select '{{ this.identifier }}' as table_name, {{ graph.nodes | length > 0 if execute else true }} as has_nodes
