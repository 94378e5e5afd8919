with customer_weather as (

    select * from {{ ref('silver_customer_weather') }}

),

consent as (

    select
        cast(id as varchar) as customer_id,
        marketing_opt_in
    from raw.crm.customers

),

per_customer as (

    select
        customer_id,
        first_name,
        last_name,
        email,
        city,
        country,
        is_legacy,
        lifetime_value,
        datediff(day, created_at, current_date()) as customer_age_days,
        count(forecast_date) as days_covered,
        round(avg(avg_temperature_c), 1) as avg_temperature_c,
        max(max_temperature_c) as max_temperature_c,
        min(min_temperature_c) as min_temperature_c,
        sum(precipitation_mm) as precipitation_mm,
        count_if(precipitation_mm >= 5) as rainy_days,
        count_if(snowfall_cm > 0) as snow_days,
        count_if(wind_speed_kmh >= 60) as stormy_days
    from customer_weather
    group by all

),

scored as (

    select
        per_customer.*,
        coalesce(consent.marketing_opt_in, false) as has_marketing_consent,
        case
            when per_customer.lifetime_value >= 5000 then 'A'
            when per_customer.lifetime_value >= 1000 then 'B'
            else 'C'
        end as value_segment,
        case
            when per_customer.snow_days >= 2 then 'winter'
            when per_customer.rainy_days >= 3 then 'rain'
            when per_customer.max_temperature_c >= 28 then 'heat'
            else 'none'
        end as weather_campaign
    from per_customer
    left join consent
        on per_customer.customer_id = consent.customer_id

)

select
    customer_id,
    first_name,
    last_name,
    email,
    city,
    country,
    is_legacy,
    value_segment,
    lifetime_value,
    customer_age_days,
    days_covered,
    avg_temperature_c,
    min_temperature_c,
    max_temperature_c,
    precipitation_mm,
    rainy_days,
    snow_days,
    stormy_days,
    has_marketing_consent,
    has_marketing_consent and weather_campaign <> 'none' as is_in_weather_campaign,
    weather_campaign
from scored
