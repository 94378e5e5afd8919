/** The names that `warn_error_options` may list. */

/** Events of dbt-core 1.12.5 and its adapters' base, groups of them, and those of the Fusion engine, which dbt-core passes over. */
export const EVENT_NAMES: ReadonlySet<string> = new Set(
  (
    'ASTSizeLimitExceeded AccessDenied AdapterDeprecationWarning AdapterEventDebug AdapterEventError AdapterEventInfo AdapterEventWarning ' +
    'AdapterImportError AdapterRegistered AggregateFailed AliasForbidden AliasLengthViolation AmbiguousColumnReference AmbiguousName ' +
    'AmbiguousOrderByDirection AmbiguousRenamingSpecification AmbiguousSourceSchema AmbiguousUnion AntlrError ArgumentShouldBeStringLiteral ' +
    'ArgumentsPropertyInGenericTestDeprecation ArrowError ArtifactUploadError ArtifactUploadSkipped ArtifactUploadSuccess ArtifactWritten ' +
    'AsteriskNeedsInput AuthFailed AuthenticationFailed BadInlineTable BadLateralView BadQuery BadQueryLimitTarget BadRowCount BadTableFunctionArgument ' +
    'BaselineIntrospectionSyntaxInvalid BehaviorChangeEvent BlockedWord BooleanLiteralCaseMismatch BuildError BuildingCatalog CacheAction CacheDumpGraph ' +
    'CacheError CacheInvalidationWarning CacheMiss CacheStale CannotGenerateDocs CaseShouldUseSimpleForm CastingStyleMismatch CatalogGenerationError ' +
    'CatalogNotFound CatalogWritten CatchableExceptionOnRun CheckCleanPath CheckNodeTestFailure CoalesceHasOnlyNulls CodeExecution CodeExecutionStatus ' +
    'ColTypeChange CollectFreshnessReturnSignature ColumnAliasMismatch ColumnAliasStyle ColumnNameCaseMismatch ColumnTypeMismatch CommandCompleted ' +
    'CompileComplete CompiledNode ConcurrencyError ConcurrencyLine ConfigDataPathDeprecation ConfigFolderDirectory ConfigLogPathDeprecation ' +
    'ConfigSourcePathDeprecation ConfigTargetPathDeprecation ConfirmCleanPath ConnectionClosed ConnectionClosedInCleanup ConnectionLeftOpen ' +
    'ConnectionLeftOpenInCleanup ConnectionReused ConnectionUsed ConsecutiveSemicolons ConstraintNotEnforced ConstraintNotSupported CountRowsNotStar ' +
    'CreateIndexFailed CreateTableFailed CreateViewFailed CredentialExpired CredentialInvalid CredentialMissing CredentialsError CteBlankLine ' +
    'CustomFunctionBinderFailed CustomKeyInConfigDeprecation CustomKeyInObjectDeprecation CustomOutputPathInSourceFreshnessDeprecation ' +
    'CustomTopLevelKeyDeprecation CyclicDependency DanglingComma DatabaseErrorRunningHook DbAuthFailed DbConnectionFailed DbDriverFailed DbNotFound ' +
    'DbResourceExceeded DbSyntaxInvalid DbTxnConflict DbUnavailable DbUnsupportedFeature DbtPlatformApiError DbtYamlValidationError DebugCmdOut ' +
    'DebugCmdResult DebugLevel DefaultSelector DependencyNotFound DeprecatedModel DeprecatedOption DeprecatedReference DeprecatedStaticAnalysisValue ' +
    'Deprecations DeprecationsSummary DepsAddPackage DepsCreatingLocalSymlink DepsDuplicatePackage DepsFoundDuplicatePackage DepsInstallInfo ' +
    'DepsListSubdirectory DepsLockUpdating DepsNoPackagesFound DepsNotifyUpdatesAvailable DepsScrubbedPackageName DepsSetDownloadDirectory ' +
    'DepsStartPackageInstall DepsSymlinkNotAvailable DepsUnpinned DepsUpToDate DepsUpdateAvailable DerivedTableMissingAlias DisableTracking ' +
    'DisabledDependency DisabledModel DistinctFailed DistinctUsedWithParentheses DocsGenerateWarning DuplicateColumnAlias DuplicateColumns ' +
    'DuplicateConfigKey DuplicateCteName DuplicateEnvironment DuplicateNameDistinctNodeTypesDeprecation DuplicateProperty DuplicateSourceTable ' +
    'DuplicateTableAlias DuplicateYAMLKeysDeprecation DuplicatedColumnName DynamicLevel EncodingError EndOfFileMissingNewline EndOfRunSummary EndRunResult ' +
    'EnsureGitInstalled EnvVarInvalid EnvVarMissing EnvironmentVariableNamespaceDeprecation EnvironmentVariableRenamed ErrorLevel EventLevel ExecutionError ' +
    'ExecutorFailed ExitRepl ExitWithStatus ExposureNameDeprecation FailedToCreateDatabase FailedToLookupExistingTable FailedToRegisterExistingTable ' +
    'FailedToRegisterSeedTable FailedToWriteTable FileIoError FileNotFound FilterFailed FinishedCleanPaths FinishedRunningStats FlushEvents ' +
    'FlushEventsFailure FmtError Formatting FoundStats FreshnessCheckComplete FreshnessConfigInvalid FreshnessConfigProblem FreshnessMetadataWarning ' +
    'FunctionCaseMismatch FunctionDefinitionError FunctionResolutionFailed FunctionSpaceBeforeParen GenerateSchemaNameNullValueDeprecation Generic ' +
    'GenericDatafusionError GenericExceptionOnRun GenericExecFailed GenericJSONSchemaValidationDeprecation GenericSemanticLayerDeprecation ' +
    'GetMetaKeyWarning GitError GitNothingToDo GitProgressCheckedOutAt GitProgressCheckoutRevision GitProgressPullingNewDependency ' +
    'GitProgressUpdatedCheckoutRange GitProgressUpdatingExistingDependency GitSparseCheckoutSubdirectory HavingFailed HooksRunning HttpError HttpTimeout ' +
    'HubPackageDeprecated IdentifierCaseMismatch IdentifierTooShort IllegalType ImplicitCoerced ImplicitColumnAlias IncompatibleTypes InconsistentReference ' +
    'InferenceFailed InfoLevel InputFileDiffError InsertIntoFailed InternalDeprecation InternalErrorOnRun InvalidAlias InvalidArgument InvalidArithmetic ' +
    'InvalidBetween InvalidBooleanExpression InvalidCase InvalidCast InvalidCoalesceArgument InvalidCollate InvalidColumnReference InvalidColumnSelector ' +
    'InvalidComparison InvalidConcatenation InvalidConcurrentBatchesConfig InvalidConfig InvalidCsvFormat InvalidCte InvalidDatabricksNumberFormat ' +
    'InvalidDeclare InvalidDelimiter InvalidDereference InvalidDialect InvalidDisabledTargetInTestNode InvalidEnvironment InvalidEscape InvalidExpression ' +
    'InvalidFlag InvalidFunctionCall InvalidFunctionName InvalidGroupByClause InvalidGroupByOrdinal InvalidHavingClause InvalidIdentifierCharacter ' +
    'InvalidInList InvalidInSubquery InvalidInsertInto InvalidInterval InvalidJoinCriteria InvalidJsonArray InvalidJsonExists InvalidJsonObject ' +
    'InvalidJsonQuery InvalidJsonValue InvalidLineageSchema InvalidListAgg InvalidLiteral InvalidMacroAnnotation InvalidNamedArgument InvalidNamedStruct ' +
    'InvalidOptionYAML InvalidOptions InvalidPartitionBy InvalidPath InvalidPatternRecognition InvalidPivot InvalidPredicate InvalidPrimaryExpression ' +
    'InvalidProfileTemplateYAML InvalidProperty InvalidQualifiedName InvalidRegexp InvalidSampleSpecification InvalidSchema InvalidSchemaName ' +
    'InvalidSeedValue InvalidSetOperation InvalidSqlFunction InvalidStageName InvalidStruct InvalidSubquery InvalidSubscript InvalidTable InvalidTableName ' +
    'InvalidTableNameInCLI InvalidTimeUnit InvalidType InvalidUnnest InvalidUserInput InvalidValueExpression InvalidValueForField IoError ' +
    'JinjaAssertionError JinjaError JinjaLogDebug JinjaLogInfo JinjaLogWarning JinjaPadding JinjaTopLevelReturn JinjaTypeCheckFailed JinjaWarn ' +
    'JoinConditionInWhere JoinCriteriaWrongReferenceOrder JoinFailed JoinUsingSyntax JoinWithoutCondition JsonInvalid KeywordCaseMismatch ' +
    'KeywordLinePosition KeywordUsedAsIdentifier LegacyBinder LegacyDatafusion LegacyParser LicenseError LimitFailed LineTooLong LintCheckFailed ' +
    'LinterError ListCmdOut ListRelations LogBatchResult LogCancelLine LogDbtProfileError LogDbtProjectError LogDebugStackTrace LogFreshnessResult ' +
    'LogFunctionResult LogHookEndLine LogHookStartLine LogModelResult LogNodeNoOpResult LogNodeResult LogOverloadResult LogSeedResult LogSkipBecauseError ' +
    'LogSnapshotResult LogStartBatch LogStartLine LogStartOverload LogTestResult LogicalPlanError MFConverterIssue MFCumulativeTypeParamsDeprecation ' +
    'MFTimespineWithoutYamlConfigurationDeprecation MacroNotFoundForPatch MacroPatchNotFound MacroSyntaxInvalid MacroUnsupportedValueType MacroUseIllegal ' +
    'MacroVarNotFound MainEncounteredError MainKeyboardInterrupt MainReportArgs MainReportVersion MainStackTrace MainTrackingUserState MalformedExpression ' +
    'MangledRef ManifestLoadFailed MarkSkippedChildren MergeConflict MetricAttributesRenamed MicrobatchExecutionDebug ' +
    'MicrobatchMacroOutsideOfBatchesDeprecation MicrobatchModelNoEventTimeInputs MissingArgument MissingArgumentsPropertyInGenericTestDeprecation ' +
    'MissingClassifiers MissingPlusPrefixDeprecation MissingProfile MissingProfileTarget MissingSourceLocation MissingTable MissingTargetDirectory ' +
    'MissingWorkspaceFile ModelParamUsageDeprecation ModulesItertoolsUsageDeprecation NameNotFound NestedCase NetworkError NewConnection ' +
    'NewConnectionOpening NoFilesChanged NoLongerSupportedOption NoNodeForYamlKey NoNodesForSelectionCriteria NoNodesSelected NoResultsToShow ' +
    'NoSampleProfileFound NoTableFoundForPrefix NoTablesInSource NodeCompiling NodeConnectionReleaseError NodeExecuting NodeFinished NodeNotFoundOrDisabled ' +
    'NodeStart NonUniformTypeArray NotImplemented NotSupported NotSupportedWarnErrorOption NotYetSupportedOption Note NothingToDo NullComparison ' +
    'NullLiteralCaseMismatch ObjectStoreError OpenCommand OperationCanceled OperatorSpacingError OracleEmptyBatch PackageDownloadFailed ' +
    'PackageInstallPathDeprecation PackageMaterializationOverrideDeprecation PackageMissingProjectFile PackageNodeDependsOnRootProjectNode ' +
    'PackageParsingCompatibility PackageRedirectDeprecation PackageResolutionFailed PackageUpdateAvailable PackageVersionMismatch ParquetError ' +
    'ParseInlineNodeError ParsePerfInfoPath ParsedFileLoadFailed PartialParsingEnabled PartialParsingError PartialParsingErrorProcessingFile ' +
    'PartialParsingFile PartialParsingNotEnabled PartialParsingSkipParsing PermissionDenied PlannerFailed PluginLoadError PreferCTE PreferCoalesce ' +
    'PrimitiveTypeCaseMismatch PrintEvent ProfileInvalid ProfileLoadFailed ProfileWrittenWithProjectTemplateYAML ProfileWrittenWithSample ' +
    'ProfileWrittenWithTargetTemplateYAML ProjectCreated ProjectFlagsMovedDeprecation ProjectNameAlreadyExists ProjectionFailed ' +
    'PropertyMovedToConfigDeprecation ProtectedCleanPath PySparkError QualifyFailed QueryCancelationUnsupported RateLimited RecordReplayIssue ' +
    'RecordRetryException RecursionDepthLimitExceeded RecursiveCTEFailed ReferenceNotQualified RegistryIndexProgressGETRequest ' +
    'RegistryIndexProgressGETResponse RegistryProgressGETRequest RegistryProgressGETResponse RegistryResponseExtraNestedKeys ' +
    'RegistryResponseMissingNestedKeys RegistryResponseMissingTopKeys RegistryResponseUnexpectedType RemoteError ReplayDataInvalid ReplayDataMissing ' +
    'RequireDereference ResourceError ResourceNamesWithSpacesDeprecation ResourceReport RetryExternalCall RightJoinUsed Rollback RollbackFailed ' +
    'RunResultError RunResultErrorNoMessage RunResultFailure RunResultWarning RunResultWarningMessage RunningOperationCaughtError ' +
    'RunningOperationUncaughtError RuntimeError SQLCommit SQLCompiledPath SQLQuery SQLQueryStatus SQLRunnerException ScanFailed SchemaCreation SchemaDrop ' +
    'SchemaMismatch SchemaNotFound SeedColumnTypeMismatch SeedExceedsLimitAndPathChanged SeedExceedsLimitChecksumChanged SeedExceedsLimitSamePath ' +
    'SeedHeader SeedIncreased SelectExcludeIgnoredWithSelectorWarning SelectModifierOnNewLine SelectStarUnknownColumns SelectTargetsNotOnNewLines ' +
    'SelectTrailingComma SelectorError SelectorReportInvalidSelector SelfAlias SelfComparison SemanticModelDeprecated SemanticValidationFailure ' +
    'SendEventFailure SendingEvent SerializationError SessionError SetOperationFailed SetOperatorNotOnOwnLine SettingUpProfile ShowNode SidecarError ' +
    'SidecarUnsupportedFeature SkippedArtifact SkippingDetails SltConfig SltDatabaseError SltLimits SltParse SnapshotTimestampMismatch ' +
    'SnapshotTimestampWarning SnowflakeNotSupportTimeUnitAfterInterval SortFailed SourceFreshnessProjectHooksNotRun SourceOverrideDeprecation ' +
    'SpaceInsideBrackets SpacesInResourceNameDeprecation SqlMismatch SqlSchemaInvalid StaleSource StartOfFileWhitespace StarterProjectPath ' +
    'StateCheckVarsHash StateServiceWarn StatementMustEndWithSemicolon StaticAnalysis StatsLine SubprocessError SubstitutionRequiresTableAlias ' +
    'SyntaxInvalid SystemCouldNotWrite SystemExecutingCmd SystemReportReturnCode SystemStdErr SystemStdOut TabIndentation TableAliasFailed TableAliasStyle ' +
    'TableFunctionResolutionFailed TableMissingLocation TableMissingProvider TableNotFound TableWildcardNotFound TaskCancelled TaskTimeout ' +
    'TestsConfigDeprecation TimeDimensionsRequireGranularityDeprecation TimingInfoCollected TooManyEmptyLines TooManyRows TrackingInitializeFailure ' +
    'TrailingWhitespace TypeCodeNotFound UnableToPartialParse UnaggregatedColumn UndefinedField Unexpected UnexpectedApiResponse ' +
    'UnexpectedJinjaBlockDeprecation UnimplementedFunction UnionColumnCountMismatch Unknown UnknownCliOption UnknownCommand UnknownFunctionLanguage ' +
    'UnknownType UnknownVariable UnnecessaryCase UnnecessaryElse UnnecessaryQuoting UnpinnedRefNewVersionAvailable UnreferencedCTE UnresolvedColumnOrdinal ' +
    'UnresolvedGroupBy UnresolvedIdentifier UnresolvedRegex UnresolvedStage UnresolvedWindow UnsupportedConstraintMaterialization UnsupportedFeature ' +
    'UnsupportedFileExtension UnsupportedFileFormat UnsupportedFlag UnsupportedFusionFeature UnsupportedLocalExecutionDialect ' +
    'UnsupportedLogicalPlanForLocalExecution UnsupportedWorkspaceEdition UnusedConfigKey UnusedJoin UnusedResourceConfigPath UnusedTableAlias UnusedTables ' +
    'UnversionedBreakingChange UpcomingReferenceDeprecation V2ParserEnd V2ParserStart ValidateMacroArgs ValidationWarning ValuesFailed ' +
    'WEOIncludeExcludeDeprecation WarnLevel WarnStateTargetEqual WildcardBeforeSingleTargets WindowFailed WindowFunctionInWrongPlace WriteCatalogFailure ' +
    'WritingInjectedSQLForNode WrongResourceSchemaFile YamlInvalid'
  ).split(' '),
);
