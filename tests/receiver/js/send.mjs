// Sends a span with values that JSON cannot say, by the JSON exporter of
// OpenTelemetry, and prints what became of it.
import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';

const exporter = new OTLPTraceExporter({ url: `${process.env.OTLP_ENDPOINT}/v1/traces` });
const results = [];
const recording = {
  export: (spans, done) => exporter.export(spans, (result) => { results.push(result.code); done(result); }),
  forceFlush: () => exporter.forceFlush?.(),
  shutdown: () => exporter.shutdown(),
};
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(recording)] });
const tracer = provider.getTracer('receiver');
const values = {
  nan: NaN, infinite: Infinity, list: [1.5, NaN, null], huge: 1e21, larger: 2 ** 63, negative: -0, cut: 'cut 😀'.slice(0, -1), none: null, empty: '',
};
for (const [name, value] of Object.entries(values)) {
  const span = tracer.startSpan(name, { kind: 2 });
  span.setAttribute('value', value);
  span.setAttribute('kept', 'yes');
  span.addEvent('event', { value });
  span.end();
}
await provider.forceFlush();
await provider.shutdown();
console.log(JSON.stringify({ spans: Object.keys(values).length, results }));
