/** How the SQL of each warehouse is spelled, as far as reading tokens and relations needs it. */

/** Lexical facts of one dialect. Where an adapter is not known, the answer that raises fewer findings holds. */
export interface SqlDialect {
  /** The adapter type as dbt spells it, undefined if files do not tell. */
  readonly adapter: string | undefined;
  /** `"x"` is a string, not a name. */
  readonly doubleQuotedStrings: boolean;
  /** `\'` inside a string does not end it; `guess` looks at what follows. */
  readonly backslashEscapes: 'yes' | 'no' | 'guess';
  /** `E'…'` strings have backslash escapes although plain ones have not. */
  readonly escapeStrings: boolean;
  /** `r'…'` strings; `counted` if a backslash still keeps the quote from ending it. */
  readonly rawStrings: 'no' | 'plain' | 'counted';
  /** `'''…'''` and `"""…"""`. */
  readonly tripleQuotes: boolean;
  /** `$$…$$` and `$tag$…$tag$`. */
  readonly dollarStrings: boolean;
  readonly hashComments: boolean;
  readonly slashComments: boolean;
  /** `--` opens a comment only before white space. */
  readonly dashNeedsSpace: boolean;
  readonly nestedComments: boolean;
  /** `[x]` is a quoted name. */
  readonly bracketNames: boolean;
  /** `from t, t.items` reads an array of the row of `t`. */
  readonly correlatedPaths: boolean;
  /** Names may hold dashes outside quotes: `my-project.dataset.t`; and a quoted name holds the dots of a whole path. */
  readonly projectPaths: boolean;
  /** Schemas (or databases) that belong to the warehouse itself, besides those of all dialects. */
  readonly systemSchemas: readonly string[];
}

const ANSI: SqlDialect = {
  adapter: undefined,
  doubleQuotedStrings: false,
  backslashEscapes: 'no',
  escapeStrings: false,
  rawStrings: 'no',
  tripleQuotes: false,
  dollarStrings: false,
  hashComments: false,
  slashComments: false,
  dashNeedsSpace: false,
  nestedComments: false,
  bracketNames: false,
  correlatedPaths: false,
  projectPaths: false,
  systemSchemas: [],
};

const POSTGRES: SqlDialect = { ...ANSI, escapeStrings: true, dollarStrings: true, nestedComments: true };
const SPARK: SqlDialect = {
  ...ANSI,
  doubleQuotedStrings: true,
  backslashEscapes: 'yes',
  rawStrings: 'plain',
  nestedComments: true,
  systemSchemas: ['system'],
};
const MYSQL: SqlDialect = {
  ...ANSI,
  doubleQuotedStrings: true,
  backslashEscapes: 'yes',
  hashComments: true,
  dashNeedsSpace: true,
  systemSchemas: ['mysql', 'sys'],
};
const TSQL: SqlDialect = { ...ANSI, nestedComments: true, bracketNames: true, systemSchemas: ['sys'] };
const TRINO: SqlDialect = { ...ANSI, systemSchemas: ['system'] };

const UNKNOWN_DIALECT: SqlDialect = {
  ...ANSI,
  backslashEscapes: 'guess',
  escapeStrings: true,
  dollarStrings: true,
  correlatedPaths: true,
  projectPaths: true,
  systemSchemas: ['system', 'sys'],
};

const DIALECTS: Readonly<Record<string, SqlDialect>> = {
  postgres: POSTGRES,
  greenplum: POSTGRES,
  materialize: POSTGRES,
  risingwave: POSTGRES,
  cratedb: POSTGRES,
  redshift: { ...POSTGRES, backslashEscapes: 'yes', correlatedPaths: true },
  duckdb: { ...POSTGRES },
  vertica: { ...ANSI, escapeStrings: true, systemSchemas: ['v_catalog', 'v_monitor'] },
  snowflake: { ...ANSI, backslashEscapes: 'yes', dollarStrings: true, slashComments: true },
  bigquery: {
    ...ANSI,
    doubleQuotedStrings: true,
    backslashEscapes: 'yes',
    rawStrings: 'counted',
    tripleQuotes: true,
    hashComments: true,
    correlatedPaths: true,
    projectPaths: true,
  },
  databricks: SPARK,
  spark: SPARK,
  hive: { ...SPARK, nestedComments: false },
  impala: { ...SPARK, nestedComments: false },
  trino: TRINO,
  presto: TRINO,
  starburst: TRINO,
  athena: TRINO,
  dremio: { ...ANSI, systemSchemas: ['sys'] },
  clickhouse: { ...ANSI, backslashEscapes: 'yes', nestedComments: true, hashComments: true, systemSchemas: ['system'] },
  mysql: MYSQL,
  mysql5: MYSQL,
  mariadb: MYSQL,
  doris: MYSQL,
  starrocks: MYSQL,
  tidb: MYSQL,
  singlestore: MYSQL,
  sqlserver: TSQL,
  synapse: TSQL,
  fabric: TSQL,
  oracle: { ...ANSI, systemSchemas: ['sys'] },
  teradata: { ...ANSI, systemSchemas: ['dbc'] },
  exasol: ANSI,
  sqlite: { ...ANSI, bracketNames: true },
};

/** The dialect of an adapter type as in profiles.yml; a cautious one if it is undefined or unheard of. */
export function sqlDialect(adapter: string | undefined): SqlDialect {
  if (adapter === undefined) return UNKNOWN_DIALECT;
  const known = Object.hasOwn(DIALECTS, adapter) ? DIALECTS[adapter] : undefined;
  return { ...(known ?? UNKNOWN_DIALECT), adapter };
}
