{% macro star(relation, except=[]) %}{{ return(adapter.dispatch('star', 'lp')(relation, except)) }}{% endmacro %}
{% macro default__star(relation, except=[]) %}* /* {{ except | join(',') }} */{% endmacro %}
{% macro helper() %}helped{% endmacro %}
{% macro calls_helper_unqualified() %}{{ helper() }}{% endmacro %}
{% macro calls_helper() %}{{ lp.helper() }}{% endmacro %}
{% macro refs(n) %}{{ ref(n) }}{% endmacro %}
