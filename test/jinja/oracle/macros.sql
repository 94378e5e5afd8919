{% macro plain(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}
{% macro returns_list() %}{{ return(['a', 'b']) }}{% endmacro %}
{% macro returns_early(x) %}{% if x %}{% do return('early') %}{% endif %}late{% endmacro %}
{% macro with_varargs(a) %}{{ a }}|{{ varargs }}|{{ kwargs }}{% endmacro %}
{% macro with_caller(x) %}<{{ caller(x) }}>{% endmacro %}
{% macro caller_plain() %}[{{ caller() }}]{% endmacro %}
{% macro recursive(n) %}{% if n > 0 %}{{ n }}{{ recursive(n - 1) }}{% endif %}{% endmacro %}
{% macro uses_undefined() %}{{ nothing_here }}{% endmacro %}
{% macro calls_undefined() %}{{ nothing_here() }}{% endmacro %}
{% macro attribute_of_undefined() %}{{ nothing_here.x }}{% endmacro %}
{% macro refs_a() %}{{ ref('a') }}{% endmacro %}
{% macro inner_of_inner() %}{{ refs_a() }}{% endmacro %}
{% macro return_in_loop() %}{% for i in range(5) %}{% if i == 3 %}{{ return(i) }}{% endif %}{% endfor %}{% endmacro %}
{% macro default_from_argument(a, b=a) %}{{ a }}{{ b }}{% endmacro %}
{% macro return_in_expression(x) %}{{ (return(1) if x else 2) }}{% endmacro %}
{% macro sets_config(m) %}{{ config(materialized=m) }}{% endmacro %}
{% macro greet(name) %}{{ return(adapter.dispatch('greet')(name)) }}{% endmacro %}
{% macro default__greet(name) %}hello {{ name }}{% endmacro %}
{% macro postgres__greet(name) %}pg {{ name }}{% endmacro %}
{% macro default__type_string() %}my_text{% endmacro %}
{% macro execute_only() %}{% if execute %}{{ ref('executed') }}{% else %}{{ ref('parsed') }}{% endif %}{% endmacro %}
{% macro early_unless_execute() %}{% if not execute %}{{ return([]) }}{% endif %}{{ ref('later') }}{% endmacro %}
{% macro typed(a: str, b: int = 3) %}{{ a }}{{ b }}{% endmacro %}
{% macro mutate(l) %}{% do l.append(1) %}{% endmacro %}
{% macro query() %}{% set r = run_query('select 1') %}{% if r %}{{ r.columns }}{% endif %}{{ r is none }}{% endmacro %}
{% macro none_attribute() %}{% set r = load_result('x') %}{{ r.table }}{% endmacro %}
{% macro none_attribute_deep() %}{% set r = load_result('x') %}{{ r.table.columns }}{% endmacro %}
