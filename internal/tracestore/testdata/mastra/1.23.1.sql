PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE mastra_scorers (
  "id" TEXT NOT NULL PRIMARY KEY,
  "scorerId" TEXT,
  "traceId" TEXT,
  "spanId" TEXT,
  "runId" TEXT,
  "scorer" TEXT,
  "preprocessStepResult" TEXT,
  "extractStepResult" TEXT,
  "analyzeStepResult" TEXT,
  "score" REAL,
  "reason" TEXT,
  "metadata" TEXT,
  "preprocessPrompt" TEXT,
  "extractPrompt" TEXT,
  "generateScorePrompt" TEXT,
  "generateReasonPrompt" TEXT,
  "analyzePrompt" TEXT,
  "reasonPrompt" TEXT,
  "input" TEXT,
  "output" TEXT,
  "additionalContext" TEXT,
  "requestContext" TEXT,
  "entityType" TEXT,
  "entity" TEXT,
  "entityId" TEXT,
  "source" TEXT,
  "resourceId" TEXT,
  "threadId" TEXT,
  "organizationId" TEXT,
  "projectId" TEXT,
  "batchId" TEXT,
  "datasetId" TEXT,
  "datasetItemId" TEXT,
  "createdAt" TEXT,
  "updatedAt" TEXT
);
CREATE TABLE mastra_workflow_snapshot (
  "workflow_name" TEXT,
  "run_id" TEXT,
  "resourceId" TEXT,
  "snapshot" TEXT,
  "createdAt" TEXT,
  "updatedAt" TEXT,
  UNIQUE (workflow_name, run_id)
);
CREATE TABLE mastra_workflow_definitions (
  "id" TEXT NOT NULL PRIMARY KEY,
  "description" TEXT,
  "metadata" TEXT,
  "inputSchema" TEXT NOT NULL,
  "outputSchema" TEXT NOT NULL,
  "stateSchema" TEXT,
  "requestContextSchema" TEXT,
  "graph" TEXT NOT NULL,
  "schedule" TEXT,
  "status" TEXT NOT NULL,
  "source" TEXT NOT NULL,
  "authorId" TEXT,
  "createdAt" TEXT NOT NULL,
  "updatedAt" TEXT NOT NULL
);
CREATE TABLE mastra_threads (
  "id" TEXT NOT NULL PRIMARY KEY,
  "resourceId" TEXT NOT NULL,
  "title" TEXT NOT NULL,
  "metadata" TEXT,
  "createdAt" TEXT NOT NULL,
  "updatedAt" TEXT NOT NULL
);
CREATE TABLE mastra_messages (
  "id" TEXT NOT NULL PRIMARY KEY,
  "thread_id" TEXT NOT NULL,
  "content" TEXT NOT NULL,
  "role" TEXT NOT NULL,
  "type" TEXT NOT NULL,
  "createdAt" TEXT NOT NULL,
  "resourceId" TEXT
);
CREATE TABLE mastra_resources (
  "id" TEXT NOT NULL PRIMARY KEY,
  "workingMemory" TEXT,
  "metadata" TEXT,
  "createdAt" TEXT NOT NULL,
  "updatedAt" TEXT NOT NULL
);
CREATE TABLE mastra_observational_memory (
  "id" TEXT NOT NULL PRIMARY KEY,
  "lookupKey" TEXT NOT NULL,
  "scope" TEXT NOT NULL,
  "resourceId" TEXT,
  "threadId" TEXT,
  "activeObservations" TEXT NOT NULL,
  "activeObservationsPendingUpdate" TEXT,
  "originType" TEXT NOT NULL,
  "config" TEXT NOT NULL,
  "generationCount" INTEGER NOT NULL,
  "lastObservedAt" TEXT,
  "lastReflectionAt" TEXT,
  "pendingMessageTokens" INTEGER NOT NULL,
  "totalTokensObserved" INTEGER NOT NULL,
  "observationTokenCount" INTEGER NOT NULL,
  "isObserving" INTEGER NOT NULL,
  "isReflecting" INTEGER NOT NULL,
  "observedMessageIds" TEXT,
  "observedTimezone" TEXT,
  "bufferedObservations" TEXT,
  "bufferedObservationTokens" INTEGER,
  "bufferedMessageIds" TEXT,
  "bufferedReflection" TEXT,
  "bufferedReflectionTokens" INTEGER,
  "bufferedReflectionInputTokens" INTEGER,
  "reflectedObservationLineCount" INTEGER,
  "bufferedObservationChunks" TEXT,
  "isBufferingObservation" INTEGER NOT NULL,
  "isBufferingReflection" INTEGER NOT NULL,
  "lastBufferedAtTokens" INTEGER NOT NULL,
  "lastBufferedAtTime" TEXT,
  "metadata" TEXT,
  "createdAt" TEXT NOT NULL,
  "updatedAt" TEXT NOT NULL
);
CREATE TABLE mastra_knowledge_nodes (
  "id" TEXT NOT NULL PRIMARY KEY,
  "type" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "canonicalName" TEXT NOT NULL,
  "kind" TEXT,
  "content" TEXT,
  "description" TEXT,
  "scope" TEXT NOT NULL,
  "scopeKey" TEXT NOT NULL,
  "version" INTEGER NOT NULL,
  "mergedInto" TEXT,
  "createdAt" TEXT NOT NULL,
  "updatedAt" TEXT NOT NULL
);
CREATE TABLE mastra_knowledge_records (
  "id" TEXT NOT NULL PRIMARY KEY,
  "node" TEXT NOT NULL,
  "text" TEXT NOT NULL,
  "scope" TEXT NOT NULL,
  "scopeKey" TEXT NOT NULL,
  "sourceThreadId" TEXT NOT NULL,
  "capturedAt" TEXT NOT NULL,
  "when" TEXT,
  "maxScope" TEXT,
  "metadata" TEXT,
  "deletedAt" TEXT,
  "deletedBy" TEXT
);
CREATE TABLE mastra_knowledge_mentions (
  "sourceType" TEXT NOT NULL,
  "sourceId" TEXT NOT NULL,
  "recordId" TEXT NOT NULL,
  PRIMARY KEY ("sourceType", "sourceId", "recordId")
);
CREATE TABLE mastra_knowledge_cursors (
  "sourceThreadId" TEXT NOT NULL,
  "agent" TEXT NOT NULL,
  "lastKnowledgeId" TEXT NOT NULL,
  "updatedAt" TEXT NOT NULL,
  PRIMARY KEY ("sourceThreadId", "agent")
);
CREATE TABLE mastra_knowledge_activity (
  "id" TEXT NOT NULL PRIMARY KEY,
  "action" TEXT NOT NULL,
  "recordType" TEXT NOT NULL,
  "recordId" TEXT NOT NULL,
  "scope" TEXT NOT NULL,
  "scopeKey" TEXT NOT NULL,
  "sourceThreadId" TEXT,
  "createdAt" TEXT NOT NULL
);
CREATE TABLE mastra_knowledge_semantic_outbox (
  "id" TEXT NOT NULL PRIMARY KEY,
  "idempotencyKey" TEXT NOT NULL,
  "documentId" TEXT NOT NULL,
  "documentType" TEXT NOT NULL,
  "operation" TEXT NOT NULL,
  "scope" TEXT NOT NULL,
  "scopeKey" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "attempts" INTEGER NOT NULL,
  "availableAt" TEXT NOT NULL,
  "claimedAt" TEXT,
  "claimedBy" TEXT,
  "createdAt" TEXT NOT NULL,
  "completedAt" TEXT
);
CREATE TABLE mastra_ai_spans (
  "traceId" TEXT NOT NULL,
  "spanId" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "spanType" TEXT NOT NULL,
  "isEvent" INTEGER NOT NULL,
  "startedAt" TEXT NOT NULL,
  "parentSpanId" TEXT,
  "entityType" TEXT,
  "entityId" TEXT,
  "entityName" TEXT,
  "parentEntityType" TEXT,
  "parentEntityId" TEXT,
  "parentEntityName" TEXT,
  "rootEntityType" TEXT,
  "rootEntityId" TEXT,
  "rootEntityName" TEXT,
  "userId" TEXT,
  "organizationId" TEXT,
  "resourceId" TEXT,
  "runId" TEXT,
  "sessionId" TEXT,
  "threadId" TEXT,
  "requestId" TEXT,
  "environment" TEXT,
  "serviceName" TEXT,
  "scope" TEXT,
  "entityVersionId" TEXT,
  "parentEntityVersionId" TEXT,
  "rootEntityVersionId" TEXT,
  "experimentId" TEXT,
  "source" TEXT,
  "metadata" TEXT,
  "tags" TEXT,
  "attributes" TEXT,
  "links" TEXT,
  "input" TEXT,
  "output" TEXT,
  "error" TEXT,
  "endedAt" TEXT,
  "requestContext" TEXT,
  "createdAt" TEXT NOT NULL,
  "updatedAt" TEXT,
  UNIQUE (spanId, traceId)
);
INSERT INTO mastra_ai_spans VALUES('fffffffffffffffffffffffffffffff1','00000000000000a1','agent run: ''old''','agent_run',0,'2026-11-22T10:00:00.000Z',NULL,'agent','old','old',NULL,NULL,NULL,NULL,NULL,NULL,'u',NULL,NULL,'r',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,X'cc116775736572496417755772756e49641772',X'4b17611762',X'cc10c70c696e737472756374696f6e731778',NULL,X'cc111771c80d68c3af205c2274686572655c22',X'a7706c61696e2074657874',NULL,'2026-11-22T10:00:00.005Z',NULL,'2026-11-24T17:57:10.962Z','2026-11-24T17:57:10.962Z');
INSERT INTO mastra_ai_spans VALUES('fffffffffffffffffffffffffffffff1','00000000000000a2','llm: ''gpt-4o''','model_generation',0,'2026-11-22T10:00:00.001Z','00000000000000a1','agent','old','old',NULL,NULL,NULL,NULL,NULL,NULL,'u',NULL,NULL,'r',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,X'cc33576d6f64656c676770742d346f577573616765cc1eb7696e707574546f6b656e731333c70c6f7574707574546f6b656e731332',NULL,NULL,NULL,X'cc0d776d65737361676547626f6f6d','2026-11-22T10:00:00.006Z',NULL,'2026-11-24T17:57:10.962Z','2026-11-24T17:57:10.962Z');
CREATE TABLE mastra_agents (
  "id" TEXT NOT NULL PRIMARY KEY,
  "status" TEXT NOT NULL,
  "activeVersionId" TEXT,
  "authorId" TEXT,
  "visibility" TEXT,
  "metadata" TEXT,
  "favoriteCount" INTEGER,
  "createdAt" TEXT NOT NULL,
  "updatedAt" TEXT NOT NULL
);
CREATE TABLE mastra_agent_versions (
  "id" TEXT NOT NULL PRIMARY KEY,
  "agentId" TEXT NOT NULL,
  "versionNumber" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "description" TEXT,
  "instructions" TEXT NOT NULL,
  "model" TEXT NOT NULL,
  "tools" TEXT,
  "defaultOptions" TEXT,
  "workflows" TEXT,
  "agents" TEXT,
  "integrationTools" TEXT,
  "toolProviders" TEXT,
  "inputProcessors" TEXT,
  "outputProcessors" TEXT,
  "memory" TEXT,
  "scorers" TEXT,
  "mcpClients" TEXT,
  "requestContextSchema" TEXT,
  "workspace" TEXT,
  "skills" TEXT,
  "skillsFormat" TEXT,
  "durable" TEXT,
  "browser" TEXT,
  "changedFields" TEXT,
  "changeMessage" TEXT,
  "createdAt" TEXT NOT NULL
);
CREATE TABLE mastra_channel_installations (
  "id" TEXT NOT NULL PRIMARY KEY,
  "platform" TEXT NOT NULL,
  "agentId" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "webhookId" TEXT,
  "data" TEXT NOT NULL,
  "configHash" TEXT,
  "error" TEXT,
  "createdAt" TEXT NOT NULL,
  "updatedAt" TEXT NOT NULL
);
CREATE TABLE mastra_channel_config (
  "platform" TEXT NOT NULL PRIMARY KEY,
  "data" TEXT NOT NULL,
  "updatedAt" TEXT NOT NULL
);
CREATE TABLE mastra_datasets (
  "id" TEXT NOT NULL PRIMARY KEY,
  "name" TEXT NOT NULL,
  "description" TEXT,
  "metadata" TEXT,
  "inputSchema" TEXT,
  "groundTruthSchema" TEXT,
  "requestContextSchema" TEXT,
  "tags" TEXT,
  "targetType" TEXT,
  "targetIds" TEXT,
  "scorerIds" TEXT,
  "organizationId" TEXT,
  "projectId" TEXT,
  "candidateKey" TEXT,
  "candidateId" TEXT,
  "version" INTEGER NOT NULL,
  "createdAt" TEXT NOT NULL,
  "updatedAt" TEXT NOT NULL
);
CREATE TABLE mastra_dataset_items (
  "id" TEXT NOT NULL,
  "datasetId" TEXT NOT NULL,
  "datasetVersion" INTEGER NOT NULL,
  "externalId" TEXT,
  "organizationId" TEXT,
  "projectId" TEXT,
  "validTo" INTEGER,
  "isDeleted" INTEGER NOT NULL,
  "input" TEXT NOT NULL,
  "groundTruth" TEXT,
  "requestContext" TEXT,
  "metadata" TEXT,
  "source" TEXT,
  "expectedTrajectory" TEXT,
  "toolMocks" TEXT,
  "unmockedToolPolicy" TEXT,
  "scorerIds" TEXT,
  "createdAt" TEXT NOT NULL,
  "updatedAt" TEXT NOT NULL
);
CREATE TABLE mastra_dataset_versions (
  "id" TEXT NOT NULL PRIMARY KEY,
  "datasetId" TEXT NOT NULL,
  "version" INTEGER NOT NULL,
  "createdAt" TEXT NOT NULL
);
CREATE TABLE mastra_experiments (
  "id" TEXT NOT NULL PRIMARY KEY,
  "name" TEXT,
  "description" TEXT,
  "metadata" TEXT,
  "provenance" TEXT,
  "runnerAttestation" TEXT,
  "experimentSetId" TEXT,
  "comparisonId" TEXT,
  "variantId" TEXT,
  "trialIndex" INTEGER,
  "datasetId" TEXT,
  "datasetVersion" INTEGER,
  "targetType" TEXT,
  "targetId" TEXT,
  "scorerIds" TEXT,
  "status" TEXT NOT NULL,
  "totalItems" INTEGER NOT NULL,
  "succeededCount" INTEGER NOT NULL,
  "failedCount" INTEGER NOT NULL,
  "skippedCount" INTEGER NOT NULL,
  "startedAt" TEXT,
  "completedAt" TEXT,
  "agentVersion" TEXT,
  "organizationId" TEXT,
  "projectId" TEXT,
  "createdAt" TEXT NOT NULL,
  "updatedAt" TEXT NOT NULL
);
CREATE TABLE mastra_experiment_results (
  "id" TEXT NOT NULL PRIMARY KEY,
  "experimentId" TEXT NOT NULL,
  "itemId" TEXT NOT NULL,
  "itemDatasetVersion" INTEGER,
  "input" TEXT NOT NULL,
  "output" TEXT,
  "groundTruth" TEXT,
  "metadata" TEXT,
  "error" TEXT,
  "startedAt" TEXT NOT NULL,
  "completedAt" TEXT NOT NULL,
  "retryCount" INTEGER NOT NULL,
  "attempt" INTEGER,
  "traceId" TEXT,
  "status" TEXT,
  "tags" TEXT,
  "comment" TEXT,
  "toolMockReport" TEXT,
  "organizationId" TEXT,
  "projectId" TEXT,
  "createdAt" TEXT NOT NULL
);
CREATE TABLE mastra_prompt_blocks (
  "id" TEXT NOT NULL PRIMARY KEY,
  "status" TEXT NOT NULL,
  "activeVersionId" TEXT,
  "authorId" TEXT,
  "metadata" TEXT,
  "createdAt" TEXT NOT NULL,
  "updatedAt" TEXT NOT NULL
);
CREATE TABLE mastra_prompt_block_versions (
  "id" TEXT NOT NULL PRIMARY KEY,
  "blockId" TEXT NOT NULL,
  "versionNumber" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "description" TEXT,
  "content" TEXT NOT NULL,
  "rules" TEXT,
  "requestContextSchema" TEXT,
  "changedFields" TEXT,
  "changeMessage" TEXT,
  "createdAt" TEXT NOT NULL
);
CREATE TABLE mastra_scorer_definitions (
  "id" TEXT NOT NULL PRIMARY KEY,
  "status" TEXT NOT NULL,
  "activeVersionId" TEXT,
  "authorId" TEXT,
  "organizationId" TEXT,
  "projectId" TEXT,
  "metadata" TEXT,
  "createdAt" TEXT NOT NULL,
  "updatedAt" TEXT NOT NULL
);
CREATE TABLE mastra_scorer_definition_versions (
  "id" TEXT NOT NULL PRIMARY KEY,
  "scorerDefinitionId" TEXT NOT NULL,
  "versionNumber" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "description" TEXT,
  "type" TEXT NOT NULL,
  "model" TEXT,
  "instructions" TEXT,
  "scoreRange" TEXT,
  "presetConfig" TEXT,
  "defaultSampling" TEXT,
  "changedFields" TEXT,
  "changeMessage" TEXT,
  "createdAt" TEXT NOT NULL
);
CREATE TABLE mastra_mcp_clients (
  "id" TEXT NOT NULL PRIMARY KEY,
  "status" TEXT NOT NULL,
  "activeVersionId" TEXT,
  "authorId" TEXT,
  "metadata" TEXT,
  "createdAt" TEXT NOT NULL,
  "updatedAt" TEXT NOT NULL
);
CREATE TABLE mastra_mcp_client_versions (
  "id" TEXT NOT NULL PRIMARY KEY,
  "mcpClientId" TEXT NOT NULL,
  "versionNumber" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "description" TEXT,
  "servers" TEXT NOT NULL,
  "changedFields" TEXT,
  "changeMessage" TEXT,
  "createdAt" TEXT NOT NULL
);
CREATE TABLE mastra_mcp_servers (
  "id" TEXT NOT NULL PRIMARY KEY,
  "status" TEXT NOT NULL,
  "activeVersionId" TEXT,
  "authorId" TEXT,
  "metadata" TEXT,
  "createdAt" TEXT NOT NULL,
  "updatedAt" TEXT NOT NULL
);
CREATE TABLE mastra_mcp_server_versions (
  "id" TEXT NOT NULL PRIMARY KEY,
  "mcpServerId" TEXT NOT NULL,
  "versionNumber" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "version" TEXT NOT NULL,
  "description" TEXT,
  "instructions" TEXT,
  "repository" TEXT,
  "releaseDate" TEXT,
  "isLatest" INTEGER,
  "packageCanonical" TEXT,
  "tools" TEXT,
  "agents" TEXT,
  "workflows" TEXT,
  "changedFields" TEXT,
  "changeMessage" TEXT,
  "createdAt" TEXT NOT NULL
);
CREATE TABLE mastra_workspaces (
  "id" TEXT NOT NULL PRIMARY KEY,
  "status" TEXT NOT NULL,
  "activeVersionId" TEXT,
  "authorId" TEXT,
  "metadata" TEXT,
  "createdAt" TEXT NOT NULL,
  "updatedAt" TEXT NOT NULL
);
CREATE TABLE mastra_workspace_versions (
  "id" TEXT NOT NULL PRIMARY KEY,
  "workspaceId" TEXT NOT NULL,
  "versionNumber" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "description" TEXT,
  "filesystem" TEXT,
  "sandbox" TEXT,
  "mounts" TEXT,
  "search" TEXT,
  "skills" TEXT,
  "tools" TEXT,
  "autoSync" INTEGER,
  "operationTimeout" INTEGER,
  "changedFields" TEXT,
  "changeMessage" TEXT,
  "createdAt" TEXT NOT NULL
);
CREATE TABLE mastra_skills (
  "id" TEXT NOT NULL PRIMARY KEY,
  "status" TEXT NOT NULL,
  "activeVersionId" TEXT,
  "authorId" TEXT,
  "visibility" TEXT,
  "favoriteCount" INTEGER,
  "createdAt" TEXT NOT NULL,
  "updatedAt" TEXT NOT NULL
);
CREATE TABLE mastra_skill_versions (
  "id" TEXT NOT NULL PRIMARY KEY,
  "skillId" TEXT NOT NULL,
  "versionNumber" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "description" TEXT NOT NULL,
  "instructions" TEXT NOT NULL,
  "license" TEXT,
  "compatibility" TEXT,
  "source" TEXT,
  "references" TEXT,
  "scripts" TEXT,
  "assets" TEXT,
  "files" TEXT,
  "metadata" TEXT,
  "tree" TEXT,
  "changedFields" TEXT,
  "changeMessage" TEXT,
  "createdAt" TEXT NOT NULL
);
CREATE TABLE mastra_favorites (
  "userId" TEXT NOT NULL,
  "entityType" TEXT NOT NULL,
  "entityId" TEXT NOT NULL,
  "createdAt" TEXT NOT NULL,
  PRIMARY KEY ("userId", "entityType", "entityId")
);
CREATE TABLE mastra_skill_blobs (
  "hash" TEXT NOT NULL PRIMARY KEY,
  "content" TEXT NOT NULL,
  "size" INTEGER NOT NULL,
  "mimeType" TEXT,
  "createdAt" TEXT NOT NULL
);
CREATE TABLE mastra_background_tasks (
  "id" TEXT NOT NULL PRIMARY KEY,
  "tool_call_id" TEXT NOT NULL,
  "tool_name" TEXT NOT NULL,
  "agent_id" TEXT NOT NULL,
  "run_id" TEXT NOT NULL,
  "thread_id" TEXT,
  "resource_id" TEXT,
  "status" TEXT NOT NULL,
  "args" TEXT NOT NULL,
  "result" TEXT,
  "error" TEXT,
  "suspend_payload" TEXT,
  "retry_count" INTEGER NOT NULL,
  "max_retries" INTEGER NOT NULL,
  "timeout_ms" INTEGER NOT NULL,
  "createdAt" TEXT NOT NULL,
  "startedAt" TEXT,
  "suspendedAt" TEXT,
  "completedAt" TEXT
);
CREATE TABLE mastra_schedules (
  "id" TEXT NOT NULL PRIMARY KEY,
  "target" TEXT NOT NULL,
  "cron" TEXT NOT NULL,
  "timezone" TEXT,
  "status" TEXT NOT NULL,
  "next_fire_at" INTEGER NOT NULL,
  "last_fire_at" INTEGER,
  "last_run_id" TEXT,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "metadata" TEXT,
  "owner_type" TEXT,
  "owner_id" TEXT
);
CREATE TABLE mastra_schedule_triggers (
  "id" TEXT NOT NULL PRIMARY KEY,
  "schedule_id" TEXT NOT NULL,
  "run_id" TEXT,
  "scheduled_fire_at" INTEGER NOT NULL,
  "actual_fire_at" INTEGER NOT NULL,
  "outcome" TEXT NOT NULL,
  "error" TEXT,
  "trigger_kind" TEXT NOT NULL,
  "parent_trigger_id" TEXT,
  "metadata" TEXT
);
CREATE TABLE mastra_harness_sessions (
  "id" TEXT NOT NULL PRIMARY KEY,
  "ownerId" TEXT NOT NULL,
  "resourceId" TEXT NOT NULL,
  "threadId" TEXT NOT NULL,
  "parentSessionId" TEXT,
  "subagentDepth" INTEGER,
  "source" TEXT,
  "origin" TEXT NOT NULL,
  "runtimeCompatibilityGeneration" TEXT,
  "modeId" TEXT NOT NULL,
  "modelId" TEXT NOT NULL,
  "title" TEXT,
  "metadata" TEXT,
  "state" TEXT,
  "pending" TEXT,
  "createdAt" TEXT NOT NULL,
  "lastActivityAt" TEXT NOT NULL,
  "closingAt" TEXT,
  "closeDeadlineAt" TEXT,
  "closedAt" TEXT,
  "deletedAt" TEXT
);
CREATE TABLE mastra_tool_provider_connections (
  "authorId" TEXT NOT NULL,
  "providerId" TEXT NOT NULL,
  "connectionId" TEXT NOT NULL,
  "toolkit" TEXT NOT NULL,
  "label" TEXT,
  "scope" TEXT NOT NULL,
  "createdAt" TEXT NOT NULL,
  "updatedAt" TEXT NOT NULL,
  PRIMARY KEY ("authorId", "providerId", "connectionId")
);
CREATE TABLE mastra_notifications (
  "id" TEXT NOT NULL,
  "threadId" TEXT NOT NULL,
  "source" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "priority" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "summary" TEXT NOT NULL,
  "payload" TEXT,
  "resourceId" TEXT,
  "agentId" TEXT,
  "sourceId" TEXT,
  "dedupeKey" TEXT,
  "coalesceKey" TEXT,
  "coalescedCount" INTEGER NOT NULL,
  "attributes" TEXT,
  "createdAt" TEXT NOT NULL,
  "updatedAt" TEXT NOT NULL,
  "deliveredAt" TEXT,
  "seenAt" TEXT,
  "dismissedAt" TEXT,
  "archivedAt" TEXT,
  "discardedAt" TEXT,
  "deliverAt" TEXT,
  "summaryAt" TEXT,
  "deliveryReason" TEXT,
  "deliveryAttempts" INTEGER NOT NULL,
  "lastDeliveryAttemptAt" TEXT,
  "lastDeliveryError" TEXT,
  "deliveredSignalId" TEXT,
  "summarySignalId" TEXT,
  "metadata" TEXT
);
CREATE TABLE mastra_thread_state (
  "threadId" TEXT NOT NULL,
  "type" TEXT NOT NULL,
  "value" TEXT NOT NULL,
  "createdAt" TEXT NOT NULL,
  "updatedAt" TEXT NOT NULL,
  PRIMARY KEY ("threadId", "type")
);
CREATE INDEX idx_workflow_definitions_status ON "mastra_workflow_definitions" ("status");
CREATE INDEX idx_messages_thread_created_at ON mastra_messages (thread_id, "createdAt");
CREATE INDEX idx_messages_thread_resource_created_at ON mastra_messages (thread_id, "resourceId", "createdAt");
CREATE INDEX idx_om_lookup_key ON "mastra_observational_memory" ("lookupKey");
CREATE UNIQUE INDEX idx_knowledge_nodes_identity ON "mastra_knowledge_nodes" (type, scopeKey, canonicalName);
CREATE INDEX idx_knowledge_nodes_scope ON "mastra_knowledge_nodes" (scopeKey, type);
CREATE INDEX idx_knowledge_records_node_latest ON "mastra_knowledge_records" (node, id DESC);
CREATE INDEX idx_knowledge_records_thread_latest ON "mastra_knowledge_records" (sourceThreadId, id DESC);
CREATE INDEX idx_knowledge_mentions_record ON "mastra_knowledge_mentions" (recordId, sourceType, sourceId);
CREATE INDEX idx_knowledge_activity_latest ON "mastra_knowledge_activity" (id DESC);
CREATE UNIQUE INDEX idx_knowledge_outbox_idempotency ON "mastra_knowledge_semantic_outbox" (idempotencyKey);
CREATE INDEX idx_knowledge_outbox_claim ON "mastra_knowledge_semantic_outbox" (status, availableAt, createdAt);
CREATE UNIQUE INDEX "mastra_ai_spans_spanid_traceid_idx" ON "mastra_ai_spans" ("spanId", "traceId");
CREATE INDEX "mastra_ai_spans_roots_started_at_idx" ON "mastra_ai_spans" ("startedAt" DESC) WHERE "parentSpanId" IS NULL;
CREATE INDEX "mastra_ai_spans_trace_started_at_idx" ON "mastra_ai_spans" ("traceId", "startedAt");
CREATE UNIQUE INDEX idx_channel_installations_webhook ON "mastra_channel_installations" ("webhookId");
CREATE INDEX idx_channel_installations_platform_agent ON "mastra_channel_installations" ("platform", "agentId");
CREATE INDEX idx_dataset_items_dataset_validto ON "mastra_dataset_items" ("datasetId", "validTo");
CREATE INDEX idx_dataset_items_dataset_version ON "mastra_dataset_items" ("datasetId", "datasetVersion");
CREATE INDEX idx_dataset_items_dataset_externalid_version ON "mastra_dataset_items" ("datasetId", "externalId", "datasetVersion");
CREATE INDEX idx_dataset_items_dataset_validto_deleted ON "mastra_dataset_items" ("datasetId", "validTo", "isDeleted");
CREATE INDEX idx_dataset_versions_dataset_version ON "mastra_dataset_versions" ("datasetId", "version");
CREATE UNIQUE INDEX idx_dataset_versions_dataset_version_unique ON "mastra_dataset_versions" ("datasetId", "version");
CREATE INDEX idx_datasets_tenancy_createdat ON "mastra_datasets" ("organizationId", "projectId", "createdAt", "id");
CREATE INDEX idx_datasets_tenancy_candidate ON "mastra_datasets" ("organizationId", "projectId", "candidateKey", "candidateId");
CREATE INDEX idx_dataset_items_tenancy_list ON "mastra_dataset_items" ("organizationId", "projectId", "datasetId", "validTo", "isDeleted");
CREATE INDEX idx_experiments_datasetid ON "mastra_experiments" ("datasetId");
CREATE INDEX idx_experiments_grouping ON "mastra_experiments" ("experimentSetId", "comparisonId", "variantId", "trialIndex");
CREATE INDEX idx_experiment_results_experimentid ON "mastra_experiment_results" ("experimentId");
CREATE UNIQUE INDEX idx_experiment_results_exp_item_attempt ON "mastra_experiment_results" ("experimentId", "itemId", "attempt");
CREATE INDEX idx_experiments_org_project ON "mastra_experiments" ("organizationId", "projectId");
CREATE INDEX idx_experiment_results_org_project ON "mastra_experiment_results" ("organizationId", "projectId");
CREATE UNIQUE INDEX idx_prompt_block_versions_block_version ON "mastra_prompt_block_versions" ("blockId", "versionNumber");
CREATE UNIQUE INDEX idx_scorer_definition_versions_scorer_version ON "mastra_scorer_definition_versions" ("scorerDefinitionId", "versionNumber");
CREATE UNIQUE INDEX idx_mcp_client_versions_client_version ON "mastra_mcp_client_versions" ("mcpClientId", "versionNumber");
CREATE UNIQUE INDEX idx_mcp_server_versions_server_version ON "mastra_mcp_server_versions" ("mcpServerId", "versionNumber");
CREATE UNIQUE INDEX idx_workspace_versions_workspace_version ON "mastra_workspace_versions" ("workspaceId", "versionNumber");
CREATE UNIQUE INDEX idx_skill_versions_skill_version ON "mastra_skill_versions" ("skillId", "versionNumber");
CREATE INDEX idx_favorites_entity ON "mastra_favorites" ("entityType", "entityId");
CREATE INDEX idx_schedules_status_next_fire ON "mastra_schedules" ("status", "next_fire_at");
CREATE INDEX idx_schedule_triggers_schedule_fire ON "mastra_schedule_triggers" ("schedule_id", "actual_fire_at");
CREATE INDEX idx_tool_provider_connections_author ON "mastra_tool_provider_connections" ("authorId", "providerId", "toolkit");
CREATE INDEX idx_notifications_thread_status_updated ON "mastra_notifications" ("threadId", "status", "updatedAt");
CREATE INDEX idx_notifications_coalescing ON "mastra_notifications" ("threadId", "source", "kind", "status", "agentId", "resourceId", "dedupeKey", "coalesceKey");
CREATE INDEX idx_notifications_due ON "mastra_notifications" ("status", "deliverAt", "summaryAt");
COMMIT;
