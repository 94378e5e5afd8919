with customers as (

    select * from {{ ref('bronze_customers') }}

),

legacy_customers as (

    select * from {{ ref('bronze_legacy_customers') }}

),

weather as (

    select * from {{ ref('bronze_weather') }}

),

all_customers as (

    select
        cast(customer_id as varchar) as customer_id,
        first_name,
        last_name,
        email,
        phone,
        postal_code,
        city,
        country,
        lifetime_value,
        created_at,
        false as is_legacy
    from customers

    union all

    select
        legacy_customers.customer_id,
        legacy_customers.first_name,
        legacy_customers.last_name,
        legacy_customers.email,
        legacy_customers.phone,
        legacy_customers.postal_code,
        legacy_customers.city,
        legacy_customers.country,
        legacy_customers.lifetime_value,
        legacy_customers.created_at,
        true as is_legacy
    from legacy_customers
    left join customers
        on legacy_customers.email = customers.email
    where customers.customer_id is null

),

forecast as (

    select
        postal_code,
        country,
        forecast_date,
        round((avg_temperature_f - 32) * 5 / 9, 1) as avg_temperature_c,
        round((min_temperature_f - 32) * 5 / 9, 1) as min_temperature_c,
        round((max_temperature_f - 32) * 5 / 9, 1) as max_temperature_c,
        round(precipitation_in * 25.4, 1) as precipitation_mm,
        round(snowfall_in * 2.54, 1) as snowfall_cm,
        round(wind_speed_mph * 1.609, 1) as wind_speed_kmh,
        precipitation_probability_pct
    from weather
    where forecast_date between current_date() and dateadd(day, {{ var('forecast_days') }}, current_date())

)

select
    all_customers.customer_id,
    all_customers.first_name,
    all_customers.last_name,
    all_customers.email,
    all_customers.phone,
    all_customers.postal_code,
    all_customers.city,
    all_customers.country,
    all_customers.lifetime_value,
    all_customers.created_at,
    all_customers.is_legacy,
    forecast.forecast_date,
    forecast.avg_temperature_c,
    forecast.min_temperature_c,
    forecast.max_temperature_c,
    forecast.precipitation_mm,
    forecast.snowfall_cm,
    forecast.wind_speed_kmh,
    forecast.precipitation_probability_pct
from all_customers
left join forecast
    on all_customers.postal_code = forecast.postal_code
    and all_customers.country = forecast.country
