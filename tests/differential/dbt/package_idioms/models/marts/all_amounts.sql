{{ kit.union_relations([ref('orders'), ref('refunds')], exclude=['customer'], source_column='came_from') }}
