// Reads JSON strings, one a line, passes each through Mastra's SensitiveDataFilter as an attribute of a span, and writes the results the same way.
import { createInterface } from 'node:readline';
import { SensitiveDataFilter } from '@mastra/observability';

const filter = new SensitiveDataFilter();
for await (const line of createInterface({ input: process.stdin })) {
  const span = { id: 's', traceId: 't', attributes: { note: JSON.parse(line) }, metadata: {}, input: undefined, output: undefined };
  const { note } = filter.process(span).attributes;
  process.stdout.write(JSON.stringify(typeof note === 'string' ? note : JSON.stringify(note)) + '\n');
}
