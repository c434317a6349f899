PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE mastra_workflow_snapshot (
                    workflow_name TEXT NOT NULL,
run_id TEXT NOT NULL,
resourceId TEXT,
snapshot TEXT NOT NULL,
createdAt TEXT NOT NULL,
updatedAt TEXT NOT NULL,
                    PRIMARY KEY (workflow_name, run_id)
                );
CREATE TABLE mastra_evals (input TEXT NOT NULL, output TEXT NOT NULL, result JSONB NOT NULL, agent_name TEXT NOT NULL, metric_name TEXT NOT NULL, instructions TEXT NOT NULL, test_info JSONB, global_run_id TEXT NOT NULL, run_id TEXT NOT NULL, created_at TEXT NOT NULL, createdAt TEXT);
CREATE TABLE mastra_threads (id TEXT NOT NULL PRIMARY KEY, resourceId TEXT NOT NULL, title TEXT NOT NULL, metadata TEXT, createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL);
CREATE TABLE mastra_messages (id TEXT NOT NULL PRIMARY KEY, thread_id TEXT NOT NULL, content TEXT NOT NULL, role TEXT NOT NULL, type TEXT NOT NULL, createdAt TEXT NOT NULL, resourceId TEXT);
CREATE TABLE mastra_traces (id TEXT NOT NULL PRIMARY KEY, parentSpanId TEXT, name TEXT NOT NULL, traceId TEXT NOT NULL, scope TEXT NOT NULL, kind INTEGER NOT NULL, attributes JSONB, status JSONB, events JSONB, links JSONB, other TEXT, startTime BIGINT NOT NULL, endTime BIGINT NOT NULL, createdAt TEXT NOT NULL);
CREATE TABLE mastra_scorers (id TEXT NOT NULL PRIMARY KEY, scorerId TEXT NOT NULL, traceId TEXT, spanId TEXT, runId TEXT NOT NULL, scorer JSONB NOT NULL, preprocessStepResult JSONB, extractStepResult JSONB, analyzeStepResult JSONB, score FLOAT NOT NULL, reason TEXT, metadata JSONB, preprocessPrompt TEXT, extractPrompt TEXT, generateScorePrompt TEXT, generateReasonPrompt TEXT, analyzePrompt TEXT, reasonPrompt TEXT, input JSONB NOT NULL, output JSONB NOT NULL, additionalContext JSONB, runtimeContext JSONB, entityType TEXT, entity JSONB, entityId TEXT, source TEXT NOT NULL, resourceId TEXT, threadId TEXT, createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL);
CREATE TABLE mastra_resources (id TEXT NOT NULL PRIMARY KEY, workingMemory TEXT, metadata JSONB, createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL);
CREATE TABLE mastra_ai_spans (
                    traceId TEXT NOT NULL,
spanId TEXT NOT NULL,
parentSpanId TEXT,
name TEXT NOT NULL,
scope JSONB,
spanType TEXT NOT NULL,
attributes JSONB,
metadata JSONB,
links JSONB,
input JSONB,
output JSONB,
error JSONB,
startedAt TEXT NOT NULL,
endedAt TEXT,
createdAt TEXT NOT NULL,
updatedAt TEXT,
isEvent BOOLEAN NOT NULL,
                    PRIMARY KEY (traceId, spanId)
                );
INSERT INTO mastra_ai_spans VALUES('fffffffffffffffffffffffffffffff1','00000000000000a1',NULL,'agent run: ''old''',NULL,'agent_run','{"instructions":"x"}','{"userId":"u","runId":"r"}',NULL,'{"q":"hï \"there\""}','plain text',NULL,'2026-11-22T10:00:00.000Z','2026-11-22T10:00:00.005Z','2026-11-24T17:56:49.906Z','2026-11-24T17:56:49.906Z',0);
INSERT INTO mastra_ai_spans VALUES('fffffffffffffffffffffffffffffff1','00000000000000a2','00000000000000a1','llm: ''gpt-4o''',NULL,'model_generation','{"model":"gpt-4o","usage":{"promptTokens":3,"completionTokens":2,"totalTokens":5}}',NULL,NULL,NULL,NULL,'{"message":"boom"}','2026-11-22T10:00:00.001Z','2026-11-22T10:00:00.006Z','2026-11-24T17:56:49.906Z','2026-11-24T17:56:49.906Z',0);
COMMIT;
