with source as (

    select * from {{ source('crm', 'customers') }}

),

renamed as (

    select
        id as customer_id,
        trim(first_name) as first_name,
        trim(last_name) as last_name,
        lower(trim(email)) as email,
        regexp_replace(phone, '[^0-9+]', '') as phone,
        email_verified as is_email_verified,
        trim(street) as street_address,
        upper(trim(postal_code)) as postal_code,
        trim(city) as city,
        upper(country_code) as country,
        lifetime_value,
        created_at,
        updated_at
    from source
    where coalesce(is_deleted, false) = false

)

select * from renamed
qualify row_number() over (partition by customer_id order by updated_at desc) = 1
