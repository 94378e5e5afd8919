{{ config(materialized='table') }}

with source as (

    select * from {{ source('weather', 'forecast_day') }}

),

renamed as (

    select
        postal_code,
        country,
        date_valid_std as forecast_date,
        time_init_utc as forecast_made_at,
        avg_temperature_air_2m_f as avg_temperature_f,
        min_temperature_air_2m_f as min_temperature_f,
        max_temperature_air_2m_f as max_temperature_f,
        tot_precipitation_in as precipitation_in,
        tot_snowfall_in as snowfall_in,
        avg_wind_speed_10m_mph as wind_speed_mph,
        probability_of_precipitation_pct as precipitation_probability_pct
    from source
    where country in ('DE', 'AT', 'CH')

)

select * from renamed
