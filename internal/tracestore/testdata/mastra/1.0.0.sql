PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE mastra_threads (
  "id" TEXT NOT NULL PRIMARY KEY,
  "resourceId" TEXT NOT NULL,
  "title" TEXT NOT NULL,
  "metadata" TEXT,
  "createdAt" TEXT NOT NULL,
  "updatedAt" TEXT NOT NULL
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
  "createdAt" TEXT,
  "updatedAt" TEXT
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
  "userId" TEXT,
  "organizationId" TEXT,
  "resourceId" TEXT,
  "runId" TEXT,
  "sessionId" TEXT,
  "threadId" TEXT,
  "requestId" TEXT,
  "environment" TEXT,
  "source" TEXT,
  "serviceName" TEXT,
  "scope" TEXT,
  "metadata" TEXT,
  "tags" TEXT,
  "attributes" TEXT,
  "links" TEXT,
  "input" TEXT,
  "output" TEXT,
  "error" TEXT,
  "endedAt" TEXT,
  "createdAt" TEXT NOT NULL,
  "updatedAt" TEXT,
  UNIQUE (spanId, traceId)
);
INSERT INTO mastra_ai_spans VALUES('fffffffffffffffffffffffffffffff1','00000000000000a1','agent run: ''old''','agent_run',0,'2026-11-22T10:00:00.000Z',NULL,'agent','old','old','u',NULL,NULL,'r',NULL,NULL,NULL,NULL,NULL,NULL,NULL,X'cc116775736572496417755772756e49641772',X'4b17611762',X'cc10c70c696e737472756374696f6e731778',NULL,X'cc111771c80d68c3af205c2274686572655c22',X'a7706c61696e2074657874',NULL,'2026-11-22T10:00:00.005Z','2026-11-24T17:57:09.426Z','2026-11-24T17:57:09.426Z');
INSERT INTO mastra_ai_spans VALUES('fffffffffffffffffffffffffffffff1','00000000000000a2','llm: ''gpt-4o''','model_generation',0,'2026-11-22T10:00:00.001Z','00000000000000a1','agent','old','old','u',NULL,NULL,'r',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,X'cc33576d6f64656c676770742d346f577573616765cc1eb7696e707574546f6b656e731333c70c6f7574707574546f6b656e731332',NULL,NULL,NULL,X'cc0d776d65737361676547626f6f6d','2026-11-22T10:00:00.006Z','2026-11-24T17:57:09.426Z','2026-11-24T17:57:09.426Z');
CREATE TABLE mastra_agents (
  "id" TEXT NOT NULL PRIMARY KEY,
  "name" TEXT NOT NULL,
  "description" TEXT,
  "instructions" TEXT NOT NULL,
  "model" TEXT NOT NULL,
  "tools" TEXT,
  "defaultOptions" TEXT,
  "workflows" TEXT,
  "agents" TEXT,
  "inputProcessors" TEXT,
  "outputProcessors" TEXT,
  "memory" TEXT,
  "scorers" TEXT,
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
CREATE UNIQUE INDEX "mastra_ai_spans_spanid_traceid_idx" ON "mastra_ai_spans" ("spanId", "traceId");
COMMIT;
