/** What `target` holds in a template: the names that each adapter gives to what its profile says of the connection. */

const EVERYWHERE = 'name target_name profile_name type threads';

/** `_connection_keys()` of the credentials of dbt's adapters (1.10 to 1.12). */
const CONNECTION_KEYS: Readonly<Record<string, string>> = {
  postgres:
    'host port user database dbname schema connect_timeout role search_path keepalives_idle sslmode sslcert sslkey sslrootcert ' +
    'application_name autocommit retries',
  redshift:
    'host user port database dbname method cluster_id iam_profile schema sslmode region autocreate db_groups ra3_node datasharing ' +
    'connect_timeout role retries retry_all autocommit access_key_id is_serverless serverless_work_group serverless_acct_id tcp_keepalive ' +
    'tcp_keepalive_idle tcp_keepalive_interval tcp_keepalive_count query_group allow_concurrent_drops drop_without_cascade',
  snowflake:
    'account user database warehouse role schema authenticator oauth_client_id query_tag client_session_keep_alive host port proxy_host ' +
    'proxy_port protocol connect_retries connect_timeout retry_on_database_errors retry_all insecure_mode reuse_connections ' +
    's3_stage_vpce_dns_name workload_identity_provider workload_identity_entra_resource platform_detection_timeout_seconds',
  bigquery:
    'method database project execution_project schema dataset location priority maximum_bytes_billed reservation ' +
    'impersonate_service_account job_retry_deadline_seconds job_retries retries job_creation_timeout_seconds ' +
    'job_execution_timeout_seconds job_link_info_level_log timeout_seconds client_id token_uri compute_region dataproc_region ' +
    'dataproc_cluster_name gcs_bucket dataproc_batch',
  databricks: 'host http_path database catalog schema session_properties',
  spark: 'host port cluster endpoint schema organization',
  duckdb:
    'database schema path config_options extensions settings external_root use_credential_provider attach filesystems remote plugins ' +
    'disable_transactions',
};

/** Second names of the database and the schema. */
const ALIASES: Readonly<Record<string, Readonly<Partial<Record<'database' | 'schema', string>>>>> = {
  postgres: { database: 'dbname' },
  redshift: { database: 'dbname' },
  bigquery: { database: 'project', schema: 'dataset' },
  databricks: { database: 'catalog' },
  athena: { database: 'catalog' },
};

const known = new Map<string, ReadonlySet<string>>();

/** True if `target` may hold a key: always for an adapter whose keys are not known here. */
export function mayTargetHold(adapter: string | undefined, key: string): boolean {
  const keys = adapter === undefined || !Object.hasOwn(CONNECTION_KEYS, adapter) ? undefined : CONNECTION_KEYS[adapter];
  if (adapter === undefined || keys === undefined) return true;
  let set = known.get(adapter);
  if (set === undefined) known.set(adapter, (set = new Set(`${EVERYWHERE} ${keys}`.split(' '))));
  return set.has(key);
}

/** The other name under which `target` of an adapter holds the database or the schema. */
export function targetAlias(adapter: string, part: 'database' | 'schema'): string | undefined {
  return Object.hasOwn(ALIASES, adapter) ? ALIASES[adapter]?.[part] : undefined;
}
