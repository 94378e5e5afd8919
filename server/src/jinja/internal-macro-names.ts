/** Names of the macros that dbt and its adapters bring along; made by test/jinja/oracle/make-internal-macro-names.py. */

/** Names by package, separated by spaces. */
export const INTERNAL_MACRO_NAMES: Readonly<Record<string, string>> = {
  dbt:
    '_split_part_negative after_commit alter_column_comment alter_column_type alter_relation_add_remove_columns alter_relation_comment any_value ' +
    'apply_grants array_append array_concat array_construct assert_columns_equivalent before_begin bool_or build_config_dict build_ref_function ' +
    'build_snapshot_staging_table build_snapshot_table build_source_function call_dcl_statements can_clone_table cast cast_bool_to_text ' +
    'check_for_schema_changes check_schema_exists check_time_data_types collect_freshness collect_freshness_custom_sql concat convert_datetime ' +
    'copy_grants create_columns create_csv_table create_indexes create_or_replace_clone create_or_replace_view create_schema create_table_as ' +
    'create_view_as current_timestamp current_timestamp_backcompat current_timestamp_in_utc_backcompat date date_spine date_trunc dateadd ' +
    'datediff dates_in_range default__alter_column_comment default__alter_column_type default__alter_relation_add_remove_columns ' +
    'default__alter_relation_comment default__any_value default__apply_grants default__array_append default__array_concat ' +
    'default__array_construct default__bool_or default__build_snapshot_table default__call_dcl_statements default__can_clone_table default__cast ' +
    'default__cast_bool_to_text default__check_for_schema_changes default__check_schema_exists default__collect_freshness ' +
    'default__collect_freshness_custom_sql default__concat default__copy_grants default__create_columns default__create_csv_table ' +
    'default__create_indexes default__create_or_replace_clone default__create_schema default__create_table_as default__create_view_as ' +
    'default__current_timestamp default__current_timestamp_backcompat default__current_timestamp_in_utc_backcompat default__date ' +
    'default__date_spine default__date_trunc default__dateadd default__datediff default__diff_column_data_types default__drop_materialized_view ' +
    'default__drop_relation default__drop_schema default__drop_schema_named default__drop_table default__drop_view default__equals ' +
    'default__escape_single_quotes default__except default__format_column default__formatted_scalar_function_args_javascript ' +
    'default__formatted_scalar_function_args_sql default__function_execute_build_sql default__generate_alias_name default__generate_database_name ' +
    'default__generate_latest_version_pointer_alias default__generate_schema_name default__generate_series ' +
    'default__get_aggregate_function_create_replace_signature default__get_aggregate_function_volatility_specifier ' +
    'default__get_alter_materialized_view_as_sql default__get_assert_columns_equivalent default__get_batch_size default__get_binding_char ' +
    'default__get_catalog default__get_catalog_for_single_relation default__get_catalog_relations default__get_column_names ' +
    'default__get_columns_in_query default__get_columns_in_relation default__get_create_backup_sql default__get_create_index_sql ' +
    'default__get_create_intermediate_sql default__get_create_materialized_view_as_sql default__get_create_sql default__get_create_table_as_sql ' +
    'default__get_create_view_as_sql default__get_csv_sql default__get_dcl_statement_list default__get_delete_insert_merge_sql ' +
    'default__get_drop_backup_sql default__get_drop_index_sql default__get_drop_sql default__get_empty_schema_sql default__get_empty_subquery_sql ' +
    'default__get_formatted_aggregate_function_args default__get_function_language_specifier default__get_function_python_options ' +
    'default__get_grant_sql default__get_incremental_append_sql default__get_incremental_default_sql default__get_incremental_delete_insert_sql ' +
    'default__get_incremental_insert_overwrite_sql default__get_incremental_merge_sql default__get_incremental_microbatch_sql ' +
    'default__get_insert_overwrite_merge_sql default__get_intervals_between default__get_limit_sql ' +
    'default__get_materialized_view_configuration_changes default__get_merge_sql default__get_merge_unique_key_match ' +
    'default__get_merge_update_columns default__get_or_create_relation default__get_powers_of_two default__get_relation_last_modified ' +
    'default__get_relations default__get_rename_intermediate_sql default__get_rename_materialized_view_sql default__get_rename_sql ' +
    'default__get_rename_table_sql default__get_rename_view_sql default__get_replace_materialized_view_sql default__get_replace_sql ' +
    'default__get_replace_table_sql default__get_replace_view_sql default__get_revoke_sql default__get_select_subquery ' +
    'default__get_show_grant_sql default__get_show_indexes_sql default__get_table_columns_and_constraints default__get_test_sql ' +
    'default__get_true_sql default__get_unit_test_sql default__get_where_subquery default__handle_existing_table default__hash ' +
    'default__information_schema_name default__intersect default__last_day default__length default__list_function_relations_without_caching ' +
    'default__list_relations_without_caching default__list_schemas default__listagg default__load_csv_rows default__make_backup_relation ' +
    'default__make_intermediate_relation default__make_temp_relation default__persist_docs default__position default__post_snapshot ' +
    'default__process_schema_changes default__refresh_materialized_view default__rename_relation default__replace default__reset_csv_table ' +
    'default__resolve_model_name default__right default__safe_cast default__scalar_function_body_sql ' +
    'default__scalar_function_create_replace_signature_sql default__scalar_function_sql default__scalar_function_volatility_javascript ' +
    'default__scalar_function_volatility_sql default__snapshot_get_time default__snapshot_hash_arguments default__snapshot_merge_sql ' +
    'default__snapshot_staging_table default__snapshot_string_as_time default__split_part default__string_literal ' +
    'default__support_multiple_grantees_per_dcl_statement default__sync_column_schemas default__test_accepted_values default__test_not_null ' +
    'default__test_relationships default__test_unique default__truncate_relation default__type_bigint default__type_boolean default__type_float ' +
    'default__type_int default__type_numeric default__type_string default__type_timestamp default__unsupported_volatility_warning ' +
    'default__validate_fixture_rows default__validate_sql default_last_day diff_column_data_types diff_columns drop_materialized_view ' +
    'drop_relation drop_relation_if_exists drop_schema drop_schema_named drop_table drop_view equals escape_single_quotes except format_columns ' +
    'format_row formatted_scalar_function_args_javascript formatted_scalar_function_args_sql function_execute_build_sql generate_alias_name ' +
    'generate_database_name generate_latest_version_pointer_alias generate_schema_name generate_schema_name_for_env generate_series ' +
    'get_aggregate_function_create_replace_signature get_aggregate_function_volatility_specifier get_alter_materialized_view_as_sql ' +
    'get_assert_columns_equivalent get_batch_size get_binding_char get_catalog get_catalog_for_single_relation get_catalog_relations ' +
    'get_column_schema_from_query get_columns_in_query get_columns_in_relation get_create_backup_sql get_create_index_sql ' +
    'get_create_intermediate_sql get_create_materialized_view_as_sql get_create_sql get_create_table_as_sql get_create_view_as_sql get_csv_sql ' +
    'get_dbt_valid_to_current get_dcl_statement_list get_delete_insert_merge_sql get_drop_backup_sql get_drop_index_sql get_drop_sql ' +
    'get_empty_schema_sql get_empty_subquery_sql get_expected_sql get_fixture_sql get_formatted_aggregate_function_args ' +
    'get_function_language_specifier get_function_python_options get_grant_sql get_incremental_append_sql get_incremental_default_sql ' +
    'get_incremental_delete_insert_sql get_incremental_insert_overwrite_sql get_incremental_merge_sql get_incremental_microbatch_sql ' +
    'get_insert_into_sql get_insert_overwrite_merge_sql get_intervals_between get_limit_subquery_sql get_list_of_column_names ' +
    'get_materialized_view_configuration_changes get_merge_sql get_merge_unique_key_match get_merge_update_columns get_or_create_relation ' +
    'get_powers_of_two get_quoted_csv get_relation_last_modified get_relations get_rename_intermediate_sql get_rename_materialized_view_sql ' +
    'get_rename_sql get_rename_table_sql get_rename_view_sql get_replace_materialized_view_sql get_replace_sql get_replace_table_sql ' +
    'get_replace_view_sql get_revoke_sql get_seed_column_quoted_csv get_select_subquery get_show_grant_sql get_show_indexes_sql get_show_sql ' +
    'get_snapshot_get_time_data_type get_snapshot_table_column_names get_table_columns_and_constraints get_test_sql get_true_sql ' +
    'get_unit_test_sql get_updated_at_column_data_type get_where_subquery handle_existing_table hash in_transaction ' +
    'incremental_validate_on_schema_change information_schema_name intersect is_core_v2 is_incremental last_day length ' +
    'list_function_relations_without_caching list_relations_without_caching list_schemas listagg load_cached_relation load_csv_rows load_relation ' +
    'make_backup_relation make_hook_config make_intermediate_relation make_temp_relation materialization_clone_default ' +
    'materialization_function_default materialization_incremental_default materialization_materialized_view_default materialization_seed_default ' +
    'materialization_snapshot_default materialization_table_default materialization_test_default materialization_unit_default ' +
    'materialization_view_default materialized_view_execute_build_sql materialized_view_execute_no_op materialized_view_get_build_sql ' +
    'materialized_view_setup materialized_view_teardown noop_statement partition_range persist_docs position post_snapshot process_schema_changes ' +
    'py_current_timestring py_script_comment py_script_postfix refresh_materialized_view rename_relation replace reset_csv_table ' +
    'resolve_model_name right run_hooks run_query safe_cast scalar_function_body_sql scalar_function_create_replace_signature_sql ' +
    'scalar_function_sql scalar_function_volatility_javascript scalar_function_volatility_sql set_sql_header should_full_refresh should_revoke ' +
    'should_store_failures snapshot_check_all_get_existing_columns snapshot_check_strategy snapshot_get_time snapshot_hash_arguments ' +
    'snapshot_merge_sql snapshot_staging_table snapshot_string_as_time snapshot_timestamp_strategy split_part sql_convert_columns_in_relation ' +
    'statement strategy_dispatch string_literal support_multiple_grantees_per_dcl_statement sync_column_schemas table_columns_and_constraints ' +
    'test_accepted_values test_not_null test_relationships test_unique truncate_relation type_bigint type_boolean type_float type_int ' +
    'type_numeric type_string type_timestamp unique_key_fields unique_key_is_not_null unique_key_is_null unique_key_join_on ' +
    'unsupported_volatility_warning validate_doc_columns validate_fixture_rows validate_sql',
  dbt_athena:
    'alter_relation_add_columns alter_relation_drop_columns alter_relation_rename_column alter_relation_replace_columns athena__alter_column_type ' +
    'athena__any_value athena__array_append athena__array_concat athena__array_construct athena__bool_or athena__create_csv_table ' +
    'athena__create_schema athena__create_table_as athena__create_view_as athena__current_timestamp athena__date_trunc athena__dateadd ' +
    'athena__datediff athena__drop_relation athena__drop_schema athena__end_of_time athena__equals athena__get_catalog ' +
    'athena__get_catalog_relations athena__get_columns_in_relation athena__get_empty_schema_sql athena__hash ' +
    'athena__list_relations_without_caching athena__list_schemas athena__listagg athena__load_csv_rows athena__persist_docs ' +
    'athena__py_execute_query athena__py_get_spark_dbt_object athena__py_save_table_as athena__rename_relation athena__right athena__safe_cast ' +
    'athena__snapshot_hash_arguments athena__type_float athena__type_int athena__type_numeric athena__type_string batch_iceberg_merge ' +
    'batch_incremental_insert cast_timestamp create_csv_table_insert create_csv_table_upload create_or_replace_view create_table_as ' +
    'create_table_as_with_partitions ddl_data_type default__reset_csv_table delete_overlapping_partitions dml_data_type drop_glue_database ' +
    'drop_relation_glue drop_relation_s3_tables drop_relation_sql end_of_time get_merge_update_columns get_partition_batches get_update_statement ' +
    'hive_create_new_snapshot_table hive_snapshot_merge_sql iceberg_merge iceberg_snapshot_merge_sql incremental_insert make_temp_relation ' +
    'materialization_incremental_athena materialization_snapshot_athena materialization_table_athena materialization_view_athena ' +
    'process_bucket_column remove_partitions_from_columns resolve_table_type run_hooks safe_create_table_as set_table_classification ' +
    'sync_column_schemas try_cast_timestamp validate_get_incremental_strategy',
  dbt_bigquery:
    '_bigquery__get_column_stats_sql _bigquery__get_columns_sql _bigquery__get_extended_catalog_sql _bigquery__get_table_shards_sql ' +
    '_bigquery__get_table_stats_sql _bigquery__get_tables_sql bigframes_write_table bigquery__aggregate_function_javascript ' +
    'bigquery__aggregate_function_sql bigquery__alter_column_comment bigquery__alter_column_type bigquery__alter_relation_add_columns ' +
    'bigquery__alter_relation_add_remove_columns bigquery__alter_relation_comment bigquery__alter_relation_drop_columns bigquery__array_append ' +
    'bigquery__array_concat bigquery__array_construct bigquery__bool_or bigquery__can_clone_table bigquery__check_for_schema_changes ' +
    'bigquery__check_schema_exists bigquery__create_columns bigquery__create_csv_table bigquery__create_or_replace_clone ' +
    'bigquery__create_or_replace_view bigquery__create_table_as bigquery__create_view_as bigquery__current_timestamp ' +
    'bigquery__current_timestamp_backcompat bigquery__date bigquery__date_trunc bigquery__dateadd bigquery__datediff ' +
    'bigquery__drop_materialized_view bigquery__drop_relation bigquery__drop_schema bigquery__drop_table bigquery__drop_view bigquery__equals ' +
    'bigquery__escape_single_quotes bigquery__except bigquery__format_column bigquery__get_alter_materialized_view_as_sql bigquery__get_catalog ' +
    'bigquery__get_catalog_relations bigquery__get_column_names bigquery__get_columns_in_relation bigquery__get_create_materialized_view_as_sql ' +
    'bigquery__get_empty_schema_sql bigquery__get_empty_subquery_sql bigquery__get_function_body bigquery__get_function_python_options ' +
    'bigquery__get_grant_sql bigquery__get_materialized_view_configuration_changes bigquery__get_merge_unique_key_match ' +
    'bigquery__get_relation_last_modified bigquery__get_rename_table_sql bigquery__get_rename_view_sql ' +
    'bigquery__get_replace_materialized_view_as_sql bigquery__get_revoke_sql bigquery__get_select_subquery bigquery__get_show_grant_sql ' +
    'bigquery__handle_existing_table bigquery__hash bigquery__intersect bigquery__list_relations_without_caching bigquery__list_schemas ' +
    'bigquery__listagg bigquery__load_csv_rows bigquery__make_backup_relation bigquery__make_intermediate_relation ' +
    'bigquery__make_relation_with_suffix bigquery__make_temp_relation bigquery__persist_docs bigquery__position bigquery__post_snapshot ' +
    'bigquery__process_schema_changes bigquery__refresh_materialized_view bigquery__rename_relation bigquery__reset_csv_table ' +
    'bigquery__resolve_model_name bigquery__right bigquery__safe_cast bigquery__scalar_function_body_sql ' +
    'bigquery__scalar_function_create_replace_signature_javascript bigquery__scalar_function_create_replace_signature_python ' +
    'bigquery__scalar_function_create_replace_signature_sql bigquery__scalar_function_javascript bigquery__scalar_function_python ' +
    'bigquery__scalar_function_volatility_javascript bigquery__scalar_function_volatility_sql bigquery__snapshot_hash_arguments ' +
    'bigquery__snapshot_string_as_time bigquery__split_part bigquery__string_literal bigquery__sync_column_schemas bigquery__test_unique ' +
    'bigquery__upload_file bigquery_options bigquery_table_options bigquery_view_options bq_copy_partitions bq_create_table_as ' +
    'bq_dynamic_copy_partitions_insert_overwrite_sql bq_dynamic_insert_overwrite_sql bq_generate_incremental_build_sql ' +
    'bq_generate_incremental_insert_overwrite_build_sql bq_generate_incremental_merge_build_sql bq_generate_microbatch_build_sql ' +
    'bq_insert_into_ingestion_time_partitioned_table_sql bq_insert_overwrite_sql bq_static_copy_partitions_insert_overwrite_sql ' +
    'bq_static_insert_overwrite_sql bq_static_select_insert_overwrite_sql bq_validate_microbatch_config cast_from_string_unsupported_for ' +
    'cluster_by columns_without_partition_fields_csv date_sharded_table dbt_bigquery_validate_get_incremental_strategy declare_dbt_max_partition ' +
    'default__handle_existing_table get_columns_with_types_in_query_sql get_partitions_metadata get_quoted_with_types_csv grant_access_to ' +
    'handle_existing_table materialization_copy_bigquery materialization_incremental_bigquery materialization_materialized_view_bigquery ' +
    'materialization_table_bigquery materialization_view_bigquery partition_by predicate_for_avoid_require_partition_filter py_write_table ' +
    'source_sql_with_partition wrap_with_time_ingestion_partitioning_sql',
  dbt_clickhouse:
    'add_index_and_projections build_snapshot_staging_table clickhouse__add_columns clickhouse__alter_column_type ' +
    'clickhouse__alter_relation_comment clickhouse__any_value clickhouse__apply_column_changes clickhouse__array_append clickhouse__array_concat ' +
    'clickhouse__array_construct clickhouse__bool_or clickhouse__call_dcl_statements clickhouse__can_clone_table clickhouse__cast_bool_to_text ' +
    'clickhouse__create_csv_table clickhouse__create_empty_table clickhouse__create_mv clickhouse__create_mvs clickhouse__create_or_replace_clone ' +
    'clickhouse__create_schema clickhouse__create_table_as clickhouse__create_target_table clickhouse__create_view_as ' +
    'clickhouse__current_timestamp clickhouse__drop_associated_mv_if_it_was_automatically_created clickhouse__drop_columns clickhouse__drop_mv ' +
    'clickhouse__drop_mvs_by_names clickhouse__drop_mvs_by_suffixes clickhouse__drop_relation clickhouse__drop_schema ' +
    'clickhouse__extract_mv_views clickhouse__generate_database_name clickhouse__get_assert_columns_equivalent clickhouse__get_catalog ' +
    'clickhouse__get_catalog_relations clickhouse__get_catalog_relations_where_clause_sql clickhouse__get_catalog_results_sql ' +
    'clickhouse__get_catalog_schemas_where_clause_sql clickhouse__get_columns_in_query clickhouse__get_columns_in_relation ' +
    'clickhouse__get_create_dictionary_as_sql clickhouse__get_create_materialized_view_as_sql clickhouse__get_database ' +
    'clickhouse__get_dbt_mvs_for_target clickhouse__get_grant_sql clickhouse__get_mv_current_target clickhouse__get_or_create_relation ' +
    'clickhouse__get_revoke_sql clickhouse__get_show_grant_sql clickhouse__get_test_sql clickhouse__hash clickhouse__incremental_delete_insert ' +
    'clickhouse__incremental_insert_overwrite clickhouse__incremental_legacy clickhouse__insert_into clickhouse__last_day ' +
    'clickhouse__list_relations_without_caching clickhouse__list_schemas clickhouse__listagg clickhouse__load_csv_rows ' +
    'clickhouse__make_temp_relation clickhouse__materialized_view_standard clickhouse__materialized_view_with_external_target ' +
    'clickhouse__modify_columns clickhouse__modify_mv clickhouse__modify_mv_refresh clickhouse__persist_docs clickhouse__place_limit ' +
    'clickhouse__post_snapshot clickhouse__rename_relation clickhouse__replace clickhouse__replace_mv clickhouse__run_alter_table_command ' +
    'clickhouse__safe_cast clickhouse__search_associated_mvs_to_target clickhouse__snapshot_hash_arguments clickhouse__snapshot_merge_sql ' +
    'clickhouse__snapshot_staging_table clickhouse__snapshot_staging_table_check_strategy clickhouse__snapshot_staging_table_timestamp_strategy ' +
    'clickhouse__snapshot_string_as_time clickhouse__split_part clickhouse__test_relationships clickhouse__truncate_relation ' +
    'clickhouse__update_mv clickhouse__update_mvs clickhouse_escape_comment clickhouse_projection_ddl clickhouse_s3source clickhouse_source ' +
    'codec_clause create_distributed_local_table create_distributed_table create_empty_table_from_relation create_table_or_empty ' +
    'drop_dictionary_if_exists engine_clause exchange_tables_atomic get_relation_from_string get_sql_security_clause http_source is_incremental ' +
    'materialization_dictionary_clickhouse materialization_distributed_incremental_clickhouse materialization_distributed_table_clickhouse ' +
    'materialization_incremental_clickhouse materialization_materialized_view_clickhouse materialization_table_clickhouse ' +
    'materialization_target_table materialization_unit_clickhouse materialization_view_clickhouse on_cluster_clause one_alter_column_comment ' +
    'one_alter_relation order_cols partition_cols primary_key_clause refreshable_mv_clause strip_identifier_quotes ttl_config validate_projection ' +
    'validate_projections validate_refreshable_mv_existence',
  dbt_databricks:
    'add_columns_sql add_columns_to_list alter_column_comments alter_column_set_constraints alter_drop_column_mask alter_drop_row_filter ' +
    'alter_metric_view alter_query alter_relation_comment_sql alter_set_column_mask alter_set_column_tags alter_set_constraint ' +
    'alter_set_non_null_constraint alter_set_row_filter alter_set_tags alter_table_add_constraints alter_table_change_column_comment_sql ' +
    'alter_unset_column_tags alter_unset_constraint alter_unset_non_null_constraint alter_view apply_alter_constraints apply_column_masks ' +
    'apply_column_tags apply_config_changeset apply_constraints apply_liquid_clustered_cols apply_row_filter apply_tags apply_tblproperties ' +
    'backup_and_create_in_place cache_replaced_relation check_schema_exists_sql clone_requires_drop column_mask_exists column_tags_exist ' +
    'comment_on_column_sql create_backup create_or_replace_clone_external create_or_replace_csv_table create_python_intermediate_table ' +
    'create_table_at current_catalog current_catalog_sql databricks__alter_column_comment databricks__alter_column_set_constraints ' +
    'databricks__alter_column_type databricks__alter_metric_view databricks__alter_relation_add_remove_columns ' +
    'databricks__alter_table_add_constraints databricks__alter_view databricks__build_snapshot_table databricks__can_clone_table ' +
    'databricks__check_schema_exists databricks__comment_clause databricks__create_columns databricks__create_csv_table ' +
    'databricks__create_or_replace_clone databricks__create_table_as databricks__create_view_as databricks__current_catalog databricks__dateadd ' +
    'databricks__datediff databricks__drop_materialized_view databricks__drop_relation databricks__drop_table databricks__drop_view ' +
    'databricks__generate_database_name databricks__get_alter_materialized_view_as_sql databricks__get_alter_metric_view_as_sql ' +
    'databricks__get_alter_streaming_table_as_sql databricks__get_binding_char databricks__get_catalog databricks__get_catalog_columns_sql ' +
    'databricks__get_catalog_relations databricks__get_catalog_relations_where_clause_sql databricks__get_catalog_results_sql ' +
    'databricks__get_catalog_schemas_where_clause_sql databricks__get_catalog_tables_sql databricks__get_create_intermediate_sql ' +
    'databricks__get_create_materialized_view_as_sql databricks__get_create_metric_view_as_sql databricks__get_create_sql ' +
    'databricks__get_create_streaming_table_as_sql databricks__get_drop_sql databricks__get_incremental_append_sql ' +
    'databricks__get_incremental_default_sql databricks__get_incremental_delete_insert_sql databricks__get_incremental_microbatch_sql ' +
    'databricks__get_incremental_replace_where_sql databricks__get_insert_overwrite_merge_sql databricks__get_merge_sql ' +
    'databricks__get_merge_update_columns databricks__get_or_create_relation databricks__get_relation_last_modified ' +
    'databricks__get_rename_table_sql databricks__get_rename_view_sql databricks__get_replace_materialized_view_sql ' +
    'databricks__get_replace_metric_view_sql databricks__get_replace_sql databricks__get_replace_view_sql ' +
    'databricks__list_relations_without_caching databricks__list_schemas databricks__load_csv_rows databricks__make_intermediate_relation ' +
    'databricks__make_temp_relation databricks__optimize databricks__options_clause databricks__persist_constraints databricks__persist_docs ' +
    'databricks__py_write_table databricks__refresh_materialized_view databricks__refresh_streaming_table databricks__reset_csv_table ' +
    'databricks__scalar_function_body_python databricks__scalar_function_body_sql databricks__scalar_function_create_replace_signature_python ' +
    'databricks__scalar_function_create_replace_signature_sql databricks__scalar_function_python databricks__show_table_extended ' +
    'databricks__show_tables databricks__show_views databricks__snapshot_merge_sql databricks__snapshot_staging_table databricks__split_part ' +
    'databricks__tblproperties_clause databricks__use_catalog databricks_constraints_to_dbt databricks_copy_into ' +
    'dbt_databricks_validate_get_file_format dbt_databricks_validate_get_incremental_strategy default__drop_streaming_table ' +
    'delete_insert_legacy_sql delete_insert_sql_impl describe_table_extended_as_json describe_table_extended_as_json_sql drop_and_create ' +
    'drop_columns_sql drop_row_filter_if_exists drop_streaming_table execute_multiple_statements execute_no_op fetch_column_masks ' +
    'fetch_column_masks_sql fetch_column_tags fetch_column_tags_sql fetch_foreign_key_constraints fetch_foreign_key_constraints_sql ' +
    'fetch_non_null_constraint_columns fetch_non_null_constraint_columns_sql fetch_primary_key_constraints fetch_primary_key_constraints_sql ' +
    'fetch_row_filters fetch_row_filters_sql fetch_tags fetch_tags_sql file_format_clause get_alter_materialized_view_as_sql ' +
    'get_alter_metric_view_as_sql get_alter_mv_internal get_alter_query_sql get_alter_sql_refresh_schedule get_alter_st_internal ' +
    'get_alter_streaming_table_as_sql get_build_sql get_column_and_constraints_sql get_column_comment_sql get_column_constraints ' +
    'get_columns_comments get_columns_comments_as_json get_columns_comments_as_json_sql get_columns_comments_sql get_configuration_changes ' +
    'get_constraint_sql get_constraints_sql get_create_intermediate_table get_create_metric_view_as_sql get_create_row_filter_clause ' +
    'get_create_sql_comment get_create_sql_partition_by get_create_sql_refresh_schedule get_create_sql_tblproperties get_create_st_internal ' +
    'get_create_streaming_table_as_sql get_create_table_sql get_delete_insert_sql get_file_format get_incremental_replace_where_sql ' +
    'get_incremental_strategy get_insert_into_sql get_insert_overwrite_sql get_insert_replace_on_sql get_merge_insert get_merge_update_set ' +
    'get_model_constraints get_model_key_constraints get_optimize_sql get_persist_docs_column_list get_relation_last_modified_sql ' +
    'get_replace_metric_view_sql get_replace_sql get_replace_where_sql get_set_tag_statements get_uc_tables get_uc_tables_sql ' +
    'get_view_description get_view_description_sql insert_into_sql_impl liquid_clustered_cols list_schemas_sql load_relation_with_metadata ' +
    'location_clause log_seed_operation make_staging_relation materialization_clone_databricks materialization_incremental_databricks ' +
    'materialization_materialized_view_databricks materialization_metric_view_databricks materialization_seed_databricks ' +
    'materialization_snapshot_databricks materialization_streaming_table_databricks materialization_table_databricks ' +
    'materialization_view_databricks materialized_view_execute_build_sql materialized_view_get_build_sql optimize ' +
    'parse_model_columns_and_constraints persist_constraints process_config_changes py_get_writer_options py_resolve_writer_format py_try_import ' +
    'qualify_row_filter_function quote_row_filter_columns quote_row_filter_function refresh_streaming_table relation_should_be_altered ' +
    'rename_staged_key_constraints replace_with_metric_view replace_with_view row_filter_exists run_post_hooks run_pre_hooks run_query_as ' +
    'safe_relation_replace safely_replace set_overwrite_mode show_table_extended show_table_extended_sql show_tables show_tables_sql show_views ' +
    'show_views_sql stage_then_replace statement_with_staging_table streaming_table_execute_build_sql streaming_table_get_build_sql ' +
    'tblproperties_clause unset_column_tags use_catalog use_catalog_sql',
  dbt_duckdb:
    'build_snapshot_staging_table create_table_as default__flight_name drop_foreign_key_dependents drop_indexes_on_relation ' +
    'drop_relation_for_rebuild duckdb__alter_column_comment duckdb__alter_relation_add_remove_columns duckdb__alter_relation_comment ' +
    'duckdb__alter_table_set_partitioned_by duckdb__alter_table_set_sorted_by duckdb__any_value duckdb__apply_grants duckdb__check_schema_exists ' +
    'duckdb__create_schema duckdb__create_table_as duckdb__create_view_as duckdb__current_timestamp duckdb__date duckdb__dateadd duckdb__datediff ' +
    'duckdb__dispatch_temporary_relation duckdb__drop_relation duckdb__drop_schema duckdb__flight_name duckdb__generate_series ' +
    'duckdb__get_batch_size duckdb__get_binding_char duckdb__get_catalog duckdb__get_catalog_columns_sql duckdb__get_catalog_relations ' +
    'duckdb__get_catalog_relations_where_clause_sql duckdb__get_catalog_results_sql duckdb__get_catalog_schemas_where_clause_sql ' +
    'duckdb__get_catalog_tables_sql duckdb__get_columns_in_relation duckdb__get_create_index_sql duckdb__get_delete_insert_merge_sql ' +
    'duckdb__get_empty_subquery_sql duckdb__get_incremental_default_sql duckdb__get_incremental_merge_sql duckdb__get_incremental_microbatch_sql ' +
    'duckdb__get_merge_sql duckdb__get_partitioned_by duckdb__get_sorted_by duckdb__last_day duckdb__list_relations_without_caching ' +
    'duckdb__list_schemas duckdb__listagg duckdb__load_csv_rows duckdb__make_temp_relation duckdb__merge_join_clause duckdb__post_snapshot ' +
    'duckdb__rename_relation duckdb__snapshot_get_time duckdb__snapshot_merge_sql duckdb__snapshot_string_as_time duckdb__split_part ' +
    'duckdb_escape_comment enforced_constraint_types existing_constraint_types external_location flight_name get_column_names ' +
    'has_foreign_key_constraints location_exists materialization_external_duckdb materialization_incremental_duckdb materialization_table_duckdb ' +
    'materialization_table_function_duckdb may_be_foreign_key_target merge_clause_defaults normalize_incremental_predicates ' +
    'normalize_string_or_list py_write_table register_upstream_external_models render_write_options restore_foreign_key_dependents run_hooks ' +
    'store_relation validate_dict_field validate_ducklake_restrictions validate_merge_clause_list validate_merge_clauses validate_merge_config ' +
    'validate_string_field validate_string_list_field write_to_file',
  dbt_fabric:
    '_get_metric_expression build_cluster_by_clause build_columns_constraints build_model_constraints build_snapshot_staging_table ' +
    'calc_batch_size check_placeholder create_clustered_index create_nonclustered_index create_or_update_fabric_warehouse_snapshot ' +
    'create_or_update_statistics default__create_or_update_statistics default__information_schema_hints drop_fk_constraints ' +
    'drop_fk_indexes_on_table drop_pk_constraints drop_spatial_indexes drop_xml_indexes fabric___classify_audit_row_status ' +
    'fabric___count_num_rows_in_status fabric__alter_column_type fabric__alter_relation_add_remove_columns fabric__any_value fabric__apply_grants ' +
    'fabric__array_append fabric__array_concat fabric__array_construct fabric__assert_relation_exists fabric__atomic_reload_sql ' +
    'fabric__atomic_replace_sql fabric__bool_or fabric__build_cluster_by_clause fabric__build_columns_constraints fabric__build_model_constraints ' +
    'fabric__build_openrowset fabric__build_snapshot_table fabric__can_clone_table fabric__cast_bool_to_text fabric__check_schema_exists ' +
    'fabric__collect_freshness fabric__compare_all_columns fabric__compare_and_classify_query_results fabric__compare_column_values ' +
    'fabric__compare_column_values_verbose fabric__compare_queries fabric__compare_relation_columns fabric__compare_relations ' +
    'fabric__compare_which_query_columns_differ fabric__concat fabric__convert_timezone fabric__create_clustered_columnstore_index ' +
    'fabric__create_columns fabric__create_external_schema fabric__create_external_table fabric__create_foreign_key fabric__create_not_null ' +
    'fabric__create_or_replace_clone fabric__create_or_update_statistics fabric__create_primary_key fabric__create_schema ' +
    'fabric__create_schema_with_authorization fabric__create_table_as fabric__create_unique_key fabric__create_view_as fabric__create_view_exec ' +
    'fabric__current_timestamp fabric__date fabric__date_part fabric__date_spine fabric__date_trunc fabric__dateadd fabric__day_name ' +
    'fabric__day_of_week fabric__deduplicate fabric__drop_old_relations fabric__drop_schema fabric__drop_schema_by_name ' +
    'fabric__drop_schemas_by_prefixes fabric__dropif fabric__expression_is_true fabric__foreign_key_exists ' +
    'fabric__formatted_scalar_function_args_sql fabric__from_unixtimestamp fabric__full_refresh_table fabric__generate_series ' +
    'fabric__generate_surrogate_key fabric__get_batch_size fabric__get_binding_char fabric__get_catalog fabric__get_catalog_relations ' +
    'fabric__get_columns_in_query fabric__get_columns_in_relation fabric__get_columns_in_relation_sql fabric__get_date_dimension ' +
    'fabric__get_delete_insert_merge_sql fabric__get_drop_sql fabric__get_empty_subquery_sql fabric__get_exposures_dml_sql ' +
    'fabric__get_fiscal_periods fabric__get_fiscal_year_dates fabric__get_grant_sql fabric__get_incremental_default_sql ' +
    'fabric__get_incremental_merge_sql fabric__get_incremental_microbatch_sql fabric__get_insert_overwrite_merge_sql ' +
    'fabric__get_intervals_between fabric__get_invocations_dml_sql fabric__get_limit_sql fabric__get_merge_delete_condition_sql ' +
    'fabric__get_merge_delete_not_matched_sql fabric__get_merge_sql fabric__get_model_executions_dml_sql fabric__get_models_dml_sql ' +
    'fabric__get_profile fabric__get_relation_last_modified fabric__get_revoke_sql fabric__get_seed_executions_dml_sql fabric__get_seeds_dml_sql ' +
    'fabric__get_select fabric__get_show_grant_sql fabric__get_snapshot_executions_dml_sql fabric__get_snapshots_dml_sql ' +
    'fabric__get_sources_dml_sql fabric__get_tables_by_pattern_sql fabric__get_test_executions_dml_sql fabric__get_test_sql ' +
    'fabric__get_tests_dml_sql fabric__get_true_sql fabric__get_unit_test_sql fabric__get_url_host fabric__get_url_parameter fabric__get_url_path ' +
    'fabric__get_use_database_sql fabric__hash fabric__have_ownership_priv fabric__have_references_priv fabric__information_schema_hints ' +
    'fabric__information_schema_name fabric__insert_into_metadata_table fabric__is_date_or_time_dtype fabric__is_logical_dtype ' +
    'fabric__is_numeric_dtype fabric__iso_week_of_year fabric__iso_week_start fabric__iso_year_week fabric__last_day fabric__length ' +
    'fabric__list_function_relations_without_caching fabric__list_nonclustered_rowstore_indexes fabric__list_relations_without_caching ' +
    'fabric__list_schemas fabric__listagg fabric__load_csv_rows fabric__log_natural fabric__measure_avg fabric__measure_is_unique ' +
    'fabric__measure_max fabric__measure_median fabric__measure_min fabric__measure_std_dev_population fabric__measure_std_dev_sample ' +
    'fabric__month_name fabric__openrowset_valid_options fabric__position fabric__post_snapshot fabric__reconcile_model_constraints ' +
    'fabric__refresh_external_table fabric__release_constraints_for_rebuild fabric__rename_relation fabric__reset_csv_table ' +
    'fabric__resolve_file_format fabric__safe_cast fabric__scalar_function_body_sql fabric__scalar_function_create_replace_signature_sql ' +
    'fabric__scalar_function_sql fabric__scalar_function_volatility_sql fabric__snapshot_hash_arguments fabric__snapshot_staging_table ' +
    'fabric__snapshot_string_as_time fabric__split_part fabric__test_accepted_values fabric__test_at_least_one fabric__test_cardinality_equality ' +
    'fabric__test_equal_expression fabric__test_equal_rowcount fabric__test_expect_column_most_common_value_to_be_in_set ' +
    'fabric__test_expect_column_stdev_to_be_between fabric__test_expect_column_values_to_be_within_n_moving_stdevs ' +
    'fabric__test_expect_column_values_to_be_within_n_stdevs fabric__test_expect_grouped_row_values_to_have_recent_data ' +
    'fabric__test_expect_select_column_values_to_be_unique_within_record fabric__test_expression_is_true fabric__test_fewer_rows_than ' +
    'fabric__test_mutually_exclusive_ranges fabric__test_not_empty_string fabric__test_sequential_values fabric__to_unixtimestamp ' +
    'fabric__truncate_relation fabric__type_datetime fabric__type_timestamp fabric__unique_constraint_exists fabric__validate_sql ' +
    'fabric__week_end fabric__week_of_year fabric__week_start fabric__width_bucket fabric_artifacts_execution_sql fabric_artifacts_literal ' +
    'fabric_assert_identity_supported fabric_atomic_reload_sql fabric_atomic_replace_sql fabric_constraint_columns fabric_constraint_create_key ' +
    'fabric_constraint_foreign_key_exists fabric_constraint_has_permission fabric_constraint_name fabric_full_refresh_table ' +
    'fabric_identity_insert_columns get_period_boundaries get_period_filter_sql get_period_of_load get_provision_sql get_start_stop_dates ' +
    'get_use_database_sql information_schema_hints materialization_clone_fabric materialization_function_fabric ' +
    'materialization_incremental_fabric materialization_insert_by_period_fabric materialization_snapshot_fabric materialization_table_fabric ' +
    'materialization_view_fabric purview_sync reconcile_model_constraints replace_placeholder_with_period_filter run_hooks',
  dbt_postgres:
    'postgres__alter_column_comment postgres__alter_relation_comment postgres__any_value postgres__check_schema_exists postgres__copy_grants ' +
    'postgres__create_schema postgres__create_table_as postgres__current_timestamp postgres__current_timestamp_backcompat ' +
    'postgres__current_timestamp_in_utc_backcompat postgres__dateadd postgres__datediff postgres__describe_materialized_view ' +
    'postgres__drop_materialized_view postgres__drop_schema postgres__drop_table postgres__drop_view postgres__equals ' +
    'postgres__formatted_scalar_function_args_sql postgres__get_alter_materialized_view_as_sql postgres__get_catalog ' +
    'postgres__get_catalog_relations postgres__get_columns_in_relation postgres__get_create_index_sql ' +
    'postgres__get_create_materialized_view_as_sql postgres__get_drop_index_sql postgres__get_incremental_default_sql ' +
    'postgres__get_incremental_microbatch_sql postgres__get_materialized_view_configuration_changes postgres__get_relations ' +
    'postgres__get_rename_materialized_view_sql postgres__get_rename_table_sql postgres__get_rename_view_sql postgres__get_replace_table_sql ' +
    'postgres__get_replace_view_sql postgres__get_show_grant_sql postgres__get_show_indexes_sql postgres__information_schema_name ' +
    'postgres__last_day postgres__list_relations_without_caching postgres__list_schemas postgres__listagg postgres__make_backup_relation ' +
    'postgres__make_intermediate_relation postgres__make_relation_with_suffix postgres__make_temp_relation postgres__refresh_materialized_view ' +
    'postgres__snapshot_get_time postgres__snapshot_merge_sql postgres__snapshot_string_as_time postgres__split_part ' +
    'postgres__update_indexes_on_materialized_view postgres_escape_comment postgres_get_relations',
  dbt_redshift:
    '_redshift__get_base_catalog_by_relation _redshift__get_base_catalog_by_relation_show _redshift__get_base_catalog_by_schema ' +
    '_redshift__get_base_catalog_by_schema_show _redshift__get_base_catalog_show _redshift__get_early_binding_by_relation_sql ' +
    '_redshift__get_early_binding_by_schema_sql _redshift__get_extended_catalog_by_relation _redshift__get_extended_catalog_by_schema ' +
    '_redshift__get_late_binding_by_relation_sql _redshift__get_late_binding_by_schema_sql _update_predicates dist escape_comment ' +
    'materialization_table_redshift materialization_view_redshift redshift__alter_column_comment redshift__alter_column_type ' +
    'redshift__alter_relation_add_remove_columns redshift__alter_relation_comment redshift__apply_grants redshift__array_append ' +
    'redshift__array_concat redshift__array_construct redshift__can_select_from redshift__cast_bool_to_text redshift__check_schema_exists ' +
    'redshift__create_csv_table redshift__create_schema redshift__create_table_as redshift__create_view_as redshift__current_timestamp ' +
    'redshift__current_timestamp_backcompat redshift__current_timestamp_in_utc_backcompat redshift__dateadd redshift__datediff ' +
    'redshift__describe_materialized_view redshift__drop_materialized_view redshift__drop_schema redshift__drop_table redshift__drop_view ' +
    'redshift__drop_without_cascade redshift__format_grantees redshift__formatted_scalar_function_args_sql ' +
    'redshift__get_alter_materialized_view_as_sql redshift__get_batch_size redshift__get_catalog redshift__get_catalog_relations ' +
    'redshift__get_columns_in_relation redshift__get_columns_in_relation_legacy redshift__get_columns_in_relation_show ' +
    'redshift__get_create_materialized_view_as_sql redshift__get_delete_insert_merge_sql redshift__get_early_binding_sql ' +
    'redshift__get_extended_catalog_sql redshift__get_grant_sql redshift__get_incremental_microbatch_sql redshift__get_late_binding_sql ' +
    'redshift__get_materialized_view_configuration_changes redshift__get_merge_sql redshift__get_relation_last_modified redshift__get_relations ' +
    'redshift__get_rename_table_sql redshift__get_rename_view_sql redshift__get_replace_view_sql redshift__get_revoke_sql ' +
    'redshift__get_show_grant_sql redshift__get_table_owners_sql redshift__information_schema_name redshift__last_day redshift__length ' +
    'redshift__list_function_relations_without_caching redshift__list_relations_without_caching redshift__list_schemas redshift__listagg ' +
    'redshift__no_svv_table_info_warning redshift__normalize_grants_dict redshift__persist_docs redshift__refresh_materialized_view ' +
    'redshift__scalar_function_create_replace_signature_sql redshift__scalar_function_volatility_sql redshift__show_tables_from_schema ' +
    'redshift__snapshot_get_time redshift__snapshot_merge_sql redshift__snapshot_string_as_time redshift__split_part ' +
    'redshift__use_grants_extended redshift__use_show_apis redshift__validate_fixture_rows sort',
  dbt_snowflake:
    'dbt_snowflake_get_tmp_relation_type dynamic_table_execute_build_sql dynamic_table_execute_no_op dynamic_table_get_build_sql ' +
    'get_column_comment_sql get_current_query_tag get_incremental_insert_overwrite_sql get_partition_by_keys get_persist_docs_column_list ' +
    'interactive_table_execute_build_sql interactive_table_execute_no_op interactive_table_get_build_sql materialization_dynamic_table_snowflake ' +
    'materialization_incremental_snowflake materialization_interactive_table_snowflake materialization_seed_snowflake ' +
    'materialization_snapshot_snowflake materialization_table_snowflake materialization_test_snowflake materialization_view_snowflake optional ' +
    'py_write_table resolve_incremental_tmp_relation set_query_tag snowflake__aggregate_function_javascript snowflake__aggregate_function_python ' +
    'snowflake__alter_column_comment snowflake__alter_column_type snowflake__alter_interactive_table_sql ' +
    'snowflake__alter_relation_add_remove_columns snowflake__alter_relation_comment snowflake__array_construct snowflake__bool_or ' +
    'snowflake__can_clone_table snowflake__cast snowflake__catalog_equals snowflake__check_schema_exists snowflake__copy_grants ' +
    'snowflake__create_csv_table snowflake__create_dynamic_table_built_in_sql snowflake__create_dynamic_table_info_schema_sql ' +
    'snowflake__create_interactive_table_sql snowflake__create_or_replace_clone snowflake__create_or_replace_view snowflake__create_table_as ' +
    'snowflake__create_table_built_in_sql snowflake__create_table_iceberg_rest_sql snowflake__create_table_iceberg_rest_with_glue ' +
    'snowflake__create_table_info_schema_sql snowflake__create_table_temporary_sql snowflake__create_table_transient_sql ' +
    'snowflake__create_view_as snowflake__create_view_as_with_temp_flag snowflake__current_timestamp snowflake__current_timestamp_backcompat ' +
    'snowflake__current_timestamp_in_utc_backcompat snowflake__describe_dynamic_table snowflake__describe_interactive_table ' +
    'snowflake__diff_column_data_types snowflake__drop_table snowflake__equals snowflake__escape_single_quotes ' +
    'snowflake__formatted_scalar_function_args_javascript snowflake__formatted_scalar_function_args_sql snowflake__generate_database_name ' +
    'snowflake__generate_schema_name snowflake__get_alter_dynamic_table_as_sql snowflake__get_alter_interactive_table_as_sql ' +
    'snowflake__get_catalog snowflake__get_catalog_columns_sql snowflake__get_catalog_relations snowflake__get_catalog_relations_where_clause_sql ' +
    'snowflake__get_catalog_results_sql snowflake__get_catalog_schemas_where_clause_sql snowflake__get_catalog_tables_sql ' +
    'snowflake__get_column_data_type_for_alter snowflake__get_columns_in_relation snowflake__get_create_backup_sql ' +
    'snowflake__get_create_dynamic_table_as_sql snowflake__get_create_interactive_table_as_sql snowflake__get_create_sql ' +
    'snowflake__get_delete_insert_merge_sql snowflake__get_drop_dynamic_table_sql snowflake__get_drop_interactive_table_sql ' +
    'snowflake__get_drop_sql snowflake__get_drop_view_sql snowflake__get_dynamic_table_configuration_changes ' +
    'snowflake__get_incremental_append_sql snowflake__get_incremental_default_sql snowflake__get_incremental_microbatch_sql ' +
    'snowflake__get_interactive_table_configuration_changes snowflake__get_merge_sql snowflake__get_relation_last_modified ' +
    'snowflake__get_rename_interactive_table_sql snowflake__get_rename_intermediate_sql snowflake__get_rename_materialized_view_sql ' +
    'snowflake__get_rename_sql snowflake__get_rename_table_sql snowflake__get_rename_view_sql snowflake__get_replace_dynamic_table_sql ' +
    'snowflake__get_replace_interactive_table_sql snowflake__get_replace_sql snowflake__get_replace_table_sql snowflake__get_replace_view_sql ' +
    'snowflake__get_target_lag_warehouse_alter_sql snowflake__insert_overwrite_get_sql snowflake__interactive_table_ddl_body_sql ' +
    'snowflake__is_catalog_linked_database snowflake__list_function_relations_without_caching snowflake__list_relations_without_caching ' +
    'snowflake__list_schemas snowflake__load_csv_rows snowflake__persist_docs snowflake__refresh_dynamic_table snowflake__rename_relation ' +
    'snowflake__replace_dynamic_table_built_in_sql snowflake__replace_dynamic_table_info_schema_sql snowflake__reset_csv_table ' +
    'snowflake__resolve_incremental_tmp_relation snowflake__right snowflake__safe_cast snowflake__scalar_function_body_sql ' +
    'snowflake__scalar_function_create_replace_signature_javascript snowflake__scalar_function_create_replace_signature_python ' +
    'snowflake__scalar_function_create_replace_signature_sql snowflake__scalar_function_javascript snowflake__scalar_function_python ' +
    'snowflake__scalar_function_volatility_sql snowflake__set_query_tag snowflake__show_object_metadata snowflake__show_objects_sql ' +
    'snowflake__snapshot_get_time snowflake__snapshot_merge_sql snowflake__snapshot_string_as_time ' +
    'snowflake__support_multiple_grantees_per_dcl_statement snowflake__target_lag_warehouse_alter_active snowflake__truncate_relation ' +
    'snowflake__unset_query_tag snowflake_dml_explicit_transaction unset_query_tag',
  dbt_spark:
    'alter_column_set_constraints alter_table_add_constraints assert_not_null cast_from_string_unsupported_for clustered_cols comment_clause ' +
    'create_temporary_view dbt_spark_get_incremental_sql dbt_spark_validate_get_file_format dbt_spark_validate_get_incremental_strategy ' +
    'describe_table_extended_without_caching fetch_tbl_properties file_format_clause get_column_comment_sql get_columns_in_relation_raw ' +
    'get_insert_into_sql get_insert_overwrite_sql get_persist_docs_column_list list_relations_show_tables_without_caching location_clause ' +
    'materialization_clone_spark materialization_incremental_spark materialization_snapshot_spark materialization_table_spark ' +
    'materialization_view_spark options_clause partition_cols persist_constraints py_script_comment py_write_table spark__alter_column_comment ' +
    'spark__alter_column_set_constraints spark__alter_column_type spark__alter_relation_add_remove_columns spark__alter_table_add_constraints ' +
    'spark__any_value spark__array_append spark__array_concat spark__array_construct spark__assert_not_null spark__bool_or ' +
    'spark__call_dcl_statements spark__can_clone_table spark__clustered_cols spark__comment_clause spark__concat spark__copy_grants ' +
    'spark__create_columns spark__create_csv_table spark__create_or_replace_clone spark__create_schema spark__create_table_as ' +
    'spark__create_temporary_view spark__create_view_as spark__current_timestamp spark__date spark__dateadd spark__datediff spark__drop_relation ' +
    'spark__drop_schema spark__escape_single_quotes spark__file_format_clause spark__generate_database_name spark__get_binding_char ' +
    'spark__get_columns_in_relation spark__get_columns_in_relation_raw spark__get_grant_sql spark__get_merge_sql spark__get_merge_update_columns ' +
    'spark__get_revoke_sql spark__list_relations_without_caching spark__list_schemas spark__listagg spark__load_csv_rows spark__location_clause ' +
    'spark__make_temp_relation spark__options_clause spark__partition_cols spark__persist_constraints spark__persist_docs spark__post_snapshot ' +
    'spark__rename_relation spark__reset_csv_table spark__safe_cast spark__snapshot_hash_arguments spark__snapshot_merge_sql ' +
    'spark__snapshot_string_as_time spark__split_part spark__support_multiple_grantees_per_dcl_statement spark__tblproperties_clause ' +
    'spark_build_snapshot_staging_table tblproperties_clause',
  dbt_sqlserver:
    'apply_denies apply_label apply_masks build_columns_constraints build_model_constraints calc_batch_size check_for_nested_cte ' +
    'create_clustered_index create_nonclustered_index create_schema_if_not_exists default__apply_denies default__apply_masks ' +
    'default__get_show_deny_sql default__get_show_mask_sql default__information_schema_hints drop_all_indexes_on_table drop_fk_constraints ' +
    'drop_fk_indexes_on_table drop_pk_constraints drop_spatial_indexes drop_xml_indexes get_expected_sql get_fixture_sql get_provision_sql ' +
    'get_query_options get_show_deny_sql get_show_mask_sql get_use_database_sql get_view_definition_sql get_view_skip_check_sql ' +
    'information_schema_hints materialization_incremental_sqlserver materialization_snapshot_sqlserver materialization_table_sqlserver ' +
    'materialization_unit_sqlserver materialization_view_sqlserver quote_column_list raise_if_query_options_set run_hooks ' +
    'snapshot_check_all_get_existing_columns sqlserver__alter_column_comment sqlserver__alter_column_type ' +
    'sqlserver__alter_relation_add_remove_columns sqlserver__alter_relation_comment sqlserver__any_value sqlserver__apply_denies ' +
    'sqlserver__apply_grants sqlserver__apply_masks sqlserver__array_append sqlserver__array_construct ' +
    'sqlserver__assert_no_incomplete_full_refresh sqlserver__assert_no_unguarded_self_reference sqlserver__build_columns_constraints ' +
    'sqlserver__build_model_constraints sqlserver__build_snapshot_table sqlserver__can_clone_table sqlserver__cast_bool_to_text ' +
    'sqlserver__check_schema_exists sqlserver__concat sqlserver__create_clustered_columnstore_index sqlserver__create_columns ' +
    'sqlserver__create_indexes sqlserver__create_indexes_no_txn sqlserver__create_schema sqlserver__create_schema_with_authorization ' +
    'sqlserver__create_table_as sqlserver__create_table_as_prebuilt sqlserver__create_view_as sqlserver__create_view_exec ' +
    'sqlserver__current_timestamp sqlserver__date_trunc sqlserver__dateadd sqlserver__describe_indexes sqlserver__drop_schema ' +
    'sqlserver__drop_schema_named sqlserver__formatted_scalar_function_args_sql sqlserver__function_execute_build_sql ' +
    'sqlserver__generate_schema_name sqlserver__get_batch_size sqlserver__get_binding_char sqlserver__get_catalog ' +
    'sqlserver__get_catalog_relations sqlserver__get_columns_in_query sqlserver__get_columns_in_relation sqlserver__get_create_index_sql ' +
    'sqlserver__get_create_table_empty_sql sqlserver__get_create_table_load_sql sqlserver__get_create_table_stage_sql ' +
    'sqlserver__get_delete_insert_merge_sql sqlserver__get_drop_index_sql sqlserver__get_drop_sql sqlserver__get_empty_subquery_sql ' +
    'sqlserver__get_existing_principals sqlserver__get_expected_sql sqlserver__get_fixture_sql sqlserver__get_grant_sql ' +
    'sqlserver__get_incremental_default_sql sqlserver__get_incremental_microbatch_sql sqlserver__get_insert_overwrite_merge_sql ' +
    'sqlserver__get_limit_sql sqlserver__get_mask_index_key_columns sqlserver__get_merge_sql sqlserver__get_relation_last_modified ' +
    'sqlserver__get_relation_without_caching sqlserver__get_revoke_sql sqlserver__get_show_deny_sql sqlserver__get_show_grant_sql ' +
    'sqlserver__get_show_mask_sql sqlserver__get_tables_by_pattern_sql sqlserver__get_tablock_insert_sql sqlserver__get_test_sql ' +
    'sqlserver__get_true_sql sqlserver__get_unit_test_sql sqlserver__get_unmaskable_columns sqlserver__get_use_database_sql ' +
    'sqlserver__get_view_definition_sql sqlserver__get_view_skip_check_sql sqlserver__hash sqlserver__information_schema_hints ' +
    'sqlserver__information_schema_name sqlserver__last_day sqlserver__length sqlserver__list_nonclustered_rowstore_indexes ' +
    'sqlserver__list_relations_without_caching sqlserver__list_schemas sqlserver__listagg sqlserver__load_csv_rows sqlserver__make_temp_relation ' +
    'sqlserver__mark_full_refresh_incomplete sqlserver__openquery sqlserver__position sqlserver__post_snapshot ' +
    'sqlserver__pre_hook_transaction_scope sqlserver__reconcile_indexes sqlserver__rename_relation sqlserver__safe_cast ' +
    'sqlserver__scalar_function_body_sql sqlserver__scalar_function_create_replace_signature_sql sqlserver__scalar_function_sql ' +
    'sqlserver__scalar_function_volatility_sql sqlserver__select_starts_with_cte sqlserver__server_major_version ' +
    'sqlserver__snapshot_check_all_get_existing_columns sqlserver__snapshot_hash_arguments sqlserver__snapshot_merge_sql ' +
    'sqlserver__snapshot_stage sqlserver__snapshot_staging_table sqlserver__snapshot_string_as_time sqlserver__split_part ' +
    'sqlserver__table_dml_refresh sqlserver__table_dml_refresh_stage sqlserver__truncate_relation sqlserver__unit_test_create_table_as ' +
    'sqlserver__unsupported_volatility_warning sqlserver__validate_sql',
  dbt_trino:
    'comment create_bindings create_or_replace_view format_row get_incremental_tmp_relation_type is_galaxy_functions_schema ' +
    'list_functions_in_schema materialization_incremental_trino materialization_snapshot_trino materialization_table_trino ' +
    'materialization_view_trino on_table_exists_logic properties sync_column_schemas trino__alter_column_comment trino__alter_column_type ' +
    'trino__alter_relation_add_remove_columns trino__alter_relation_comment trino__any_value trino__array_append trino__array_concat ' +
    'trino__array_construct trino__bool_or trino__call_dcl_statements trino__check_schema_exists trino__copy_grants trino__create_csv_table ' +
    'trino__create_schema trino__create_table_as trino__create_view_as trino__current_timestamp trino__date_spine trino__date_trunc ' +
    'trino__dateadd trino__datediff trino__drop_schema trino__function_execute_build_sql trino__generate_schema_name trino__get_batch_size ' +
    'trino__get_binding_char trino__get_catalog trino__get_catalog_columns_sql trino__get_catalog_relations ' +
    'trino__get_catalog_relations_where_clause_sql trino__get_catalog_results_sql trino__get_catalog_schemas_where_clause_sql ' +
    'trino__get_catalog_table_comment_relations_sql trino__get_catalog_table_comment_schemas_sql trino__get_catalog_tables_sql ' +
    'trino__get_columns_in_relation trino__get_create_materialized_view_as_sql trino__get_delete_insert_merge_sql trino__get_drop_sql ' +
    'trino__get_grant_sql trino__get_incremental_microbatch_sql trino__get_materialized_view_configuration_changes trino__get_merge_sql ' +
    'trino__get_replace_materialized_view_as_sql trino__get_show_grant_sql trino__hash trino__information_schema_name ' +
    'trino__list_relations_without_caching trino__list_schemas trino__listagg trino__load_csv_rows trino__persist_docs trino__post_snapshot ' +
    'trino__refresh_materialized_view trino__rename_relation trino__reset_csv_table trino__right trino__safe_cast trino__scalar_function_body_sql ' +
    'trino__scalar_function_create_replace_signature_sql trino__scalar_function_sql trino__scalar_function_volatility_sql ' +
    'trino__snapshot_hash_arguments trino__snapshot_merge_sql trino__snapshot_string_as_time trino__split_part ' +
    'trino__support_multiple_grantees_per_dcl_statement trino__type_float trino__type_int trino__type_numeric trino__type_string ' +
    'validate_doc_columns',
};
