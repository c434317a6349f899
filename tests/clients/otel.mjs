// Sets up OpenTelemetry for a client with its own packages, given in, because a
// shared file cannot import them.

/**
 * Returns a provider that sends every span to the collector under test, all in
 * one request when it is shut down.
 */
export function tracerProvider({ NodeTracerProvider, BatchSpanProcessor, OTLPTraceExporter, resourceFromAttributes }, serviceName) {
  const exporter = new OTLPTraceExporter({ url: `${process.env.OTLP_ENDPOINT}/v1/traces` });
  return new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 60_000 })],
  });
}

/** Runs work under one root span, the request of an application, and returns its trace id. */
export async function underRoot(provider, attributes, work) {
  return provider.getTracer('ticket-app').startActiveSpan('POST /tickets', { attributes }, async (span) => {
    try {
      await work();
    } finally {
      span.end();
    }
    return span.spanContext().traceId;
  });
}
