select {{ quoted(this) }} as me, {{ quoted(this.database ~ '/' ~ this.schema ~ '/' ~ this.identifier ~ '/' ~ this.name ~ '/' ~ this.table) }} as parts, {{ quoted(this.type) }} as type,
  {{ quoted(this.include(database=false)) }} as short, {{ quoted(this.quote(schema=false, identifier=false)) }} as bare, {{ quoted(this.incorporate(path={'identifier': 'other'})) }} as other,
  {{ quoted(ref('base').identifier) }} as ref_name, {{ quoted(ref('base').is_table) }} as is_table, {{ quoted(api.Relation.create(schema='s', identifier='t')) }} as made,
  {{ quoted(adapter.quote('a b')) }} as q, {{ quoted(this == ref('base')) }} as same, {{ quoted(this.render() ~ this.is_cte) }} as cte, {{ quoted(builtins.ref('base')) }} as built
