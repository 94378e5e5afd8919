with source as (

    select * from {{ source('legacy_crm', 'legacy_customers') }}

),

renamed as (

    select
        'L-' || cust_no as customer_id,
        trim(split_part(full_name, ',', 2)) as first_name,
        trim(split_part(full_name, ',', 1)) as last_name,
        lower(trim(mail)) as email,
        regexp_replace(tel, '[^0-9+]', '') as phone,
        trim(address_line) as street_address,
        lpad(zip, 5, '0') as postal_code,
        trim(town) as city,
        case upper(country)
            when 'GERMANY' then 'DE'
            when 'AUSTRIA' then 'AT'
            when 'SWITZERLAND' then 'CH'
            else upper(country)
        end as country,
        try_to_decimal(turnover, 12, 2) as lifetime_value,
        try_to_date(created, 'DD.MM.YYYY') as created_at
    from source
    where active = 'Y'

)

select * from renamed
