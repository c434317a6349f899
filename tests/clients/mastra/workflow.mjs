// The ticket-generation workflow: twelve steps, two agents with a tool each, four
// model calls a run. What runs, without how it is observed.
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { Agent } from '@mastra/core/agent';
import { createTool } from '@mastra/core/tools';
import { createStep, createWorkflow } from '@mastra/core/workflows';
import { z } from 'zod';

const any = z.any();
const step = (id, work) => createStep({ id, inputSchema: any, outputSchema: any, execute: work ?? (async ({ inputData }) => ({ ...inputData, [id]: true })) });
const ask = (agent, prompt) => async ({ inputData, mastra, tracingContext }) => {
  const answer = await mastra.getAgent(agent).generate(prompt(inputData), { tracingContext });
  return { text: answer.text };
};

/**
 * The agents and the workflow, for new Mastra().
 *
 * @param modelsURL where model.mjs serves
 * @param secrets the twelve planted secrets by name
 */
export function ticketGeneration(modelsURL, secrets) {
  const openai = createOpenAI({ baseURL: `${modelsURL}/v1`, apiKey: 'unused' });
  const anthropic = createAnthropic({ baseURL: `${modelsURL}/v1`, apiKey: 'unused' });

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

  return { agents: { preflight, questions }, workflows: { ticketGeneration: workflow } };
}

/** What a run is started with. */
export const input = (secrets) => ({
  inputData: { message: `Checkout is broken, call ${secrets.phone} or mail ${secrets.email}`, password: secrets.password },
  tracingOptions: { metadata: { tenant: 'acme', userId: 'user-17', sessionId: 'sess-42', apiKey: secrets.openaiKey, dbUrl: secrets.dbUrl }, tags: ['ticket', 'e2e'] },
});
