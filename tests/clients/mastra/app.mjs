// A Mastra application: the ticket-generation workflow, twelve steps, two agents
// with a tool each, sending its traces to the collector under test.
//
//   OTLP_ENDPOINT   base URL of OTLP/HTTP
//   SECRETS         JSON object with the twelve planted secrets
//
// Prints one JSON line: what ran.
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { Agent } from '@mastra/core/agent';
import { Mastra } from '@mastra/core/mastra';
import { createTool } from '@mastra/core/tools';
import { createStep, createWorkflow } from '@mastra/core/workflows';
import { Observability } from '@mastra/observability';
import { OtelExporter } from '@mastra/otel-exporter';
import { z } from 'zod';
import { serveModels } from '../model.mjs';

const secrets = JSON.parse(process.env.SECRETS);
const models = await serveModels();
const openai = createOpenAI({ baseURL: `${models.url}/v1`, apiKey: 'unused' });
const anthropic = createAnthropic({ baseURL: `${models.url}/v1`, apiKey: 'unused' });

const checkAccess = createTool({
  id: 'checkAccess',
  description: 'Checks that the reporter may open tickets',
  inputSchema: z.object({ user: z.string() }),
  execute: async () => ({ allowed: true, connection: secrets.dbUrl, session: { access_token: secrets.jwt, expires_in: 3600 } }),
});
const lookupFindings = createTool({
  id: 'lookupFindings',
  description: "Reads the scanner's findings",
  inputSchema: z.object({ repository: z.string() }),
  execute: async () => ({ findings: ['token never rotated'], log: `clone with ${secrets.githubToken} failed`, aws: `${secrets.awsKeyId}`, aws_secret_access_key: secrets.awsSecret }),
});
const preflight = new Agent({
  id: 'quick-preflight-validator', name: 'quick-preflight-validator',
  instructions: 'Decide whether a bug report may become a ticket.',
  model: anthropic('claude-haiku-4-5'), tools: { checkAccess },
});
const questions = new Agent({
  id: 'findings-to-questions', name: 'findings-to-questions',
  instructions: 'Turn scanner findings into questions for the reporter. Never repeat credentials.',
  model: openai.chat('gpt-4o-mini'), tools: { lookupFindings },
});

const any = z.any();
const step = (id, work) => createStep({ id, inputSchema: any, outputSchema: any, execute: work ?? (async ({ inputData }) => ({ ...inputData, [id]: true })) });
const ask = (agent, prompt) => async ({ inputData, mastra, tracingContext }) => {
  const answer = await mastra.getAgent(agent).generate(prompt(inputData), { tracingContext });
  return { text: answer.text };
};
const workflow = createWorkflow({ id: 'ticket-generation', inputSchema: any, outputSchema: any })
  .then(step('extractIntent', async ({ inputData }) => ({ ...inputData, intent: 'file-bug' })))
  .then(step('loadTicketContext'))
  .then(step('scanRepository'))
  .then(step('collectFindings'))
  .then(step('quickPreflight', ask('preflight', () => `Validate access for ${secrets.email}, password ${secrets.password}, SSN ${secrets.ssn}, card ${secrets.card}.`)))
  .then(step('generateQuestions', ask('questions', () => `The reporter pasted this key: ${secrets.openaiKey} and this webhook ${secrets.slackWebhook}.`)))
  .then(step('answerQuestions'))
  .then(step('draftTicket'))
  .then(step('estimateEffort'))
  .then(step('scoreTicket'))
  .then(step('redactTicket'))
  .then(step('publishTicket', async () => ({ ticket: 'CHK-1042', score: 0.81 })))
  .commit();

const mastra = new Mastra({
  agents: { preflight, questions },
  workflows: { ticketGeneration: workflow },
  logger: false,
  observability: new Observability({
    // Mastra's own filter is off: the collector has to find everything.
    sensitiveDataFilter: false,
    configs: {
      otel: {
        serviceName: 'mastra-ticket-app',
        exporters: [new OtelExporter({ provider: { custom: { endpoint: `${process.env.OTLP_ENDPOINT}/v1/traces`, protocol: 'http/protobuf' } } })],
      },
    },
  }),
});

const run = await mastra.getWorkflow('ticketGeneration').createRun();
const result = await run.start({
  inputData: { message: `Checkout is broken, call ${secrets.phone} or mail ${secrets.email}`, password: secrets.password },
  tracingOptions: { metadata: { tenant: 'acme', userId: 'user-17', sessionId: 'sess-42', apiKey: secrets.openaiKey, dbUrl: secrets.dbUrl }, tags: ['ticket', 'e2e'] },
});
await mastra.shutdown(); // flushes
await models.close();
console.log(JSON.stringify({ status: result.status, traceId: result.traceId, requests: models.requests }));
