{{ config(schema='other', alias='Up Per') }} select id from {{ source('landing', 'things') }}
