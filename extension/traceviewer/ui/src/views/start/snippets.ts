// What an application without OpenTelemetry needs, for each language. Endpoint,
// protocol and service come from the environment, so that nothing of this machine
// stands in code. The names are those of the SDKs' own documentation
// (opentelemetry.io/docs/languages).

export interface Snippet {
  id: string;
  title: string;
  /** code; lines that begin with the comment sign are drawn grey. */
  code: string;
  comment: "//" | "#";
}

export const snippets: Snippet[] = [
  {
    id: "ts",
    title: "TypeScript",
    comment: "//",
    code: `// npm i @opentelemetry/{sdk-node,exporter-trace-otlp-proto}
// run as: node --import ./tracing.mjs app.mjs
import { NodeSDK } from "@opentelemetry/sdk-node";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";

const sdk = new NodeSDK({ traceExporter: new OTLPTraceExporter() });
sdk.start();
process.once("beforeExit", () => sdk.shutdown().catch(console.error));

// AI SDK: experimental_telemetry: { isEnabled: true }`,
  },
  {
    id: "py",
    title: "Python",
    comment: "#",
    code: `# pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
# pip install opentelemetry-instrumentation-openai-v2
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
OpenAIInstrumentor().instrument()

# messages too: OTEL_SEMCONV_STABILITY_OPT_IN=gen_ai_latest_experimental
#   and OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=SPAN_ONLY`,
  },
  {
    id: "go",
    title: "Go",
    comment: "//",
    code: `// go get go.opentelemetry.io/otel/sdk
// go get go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp
exporter, err := otlptracehttp.New(ctx)
if err != nil {
	return err
}
provider := trace.NewTracerProvider(trace.WithBatcher(exporter))
defer provider.Shutdown(context.WithoutCancel(ctx))
otel.SetTracerProvider(provider)

// trace is go.opentelemetry.io/otel/sdk/trace`,
  },
  {
    id: "java",
    title: "Java",
    comment: "#",
    code: `# the agent instruments OpenAI's and other clients without code
curl -LO https://github.com/open-telemetry/opentelemetry-java-instrumentation/releases/latest/download/opentelemetry-javaagent.jar

java -javaagent:opentelemetry-javaagent.jar -jar app.jar

# messages too: OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true`,
  },
  {
    id: "net",
    title: ".NET",
    comment: "//",
    code: `// dotnet add package OpenTelemetry.Extensions.Hosting
// dotnet add package OpenTelemetry.Exporter.OpenTelemetryProtocol
using OpenTelemetry.Trace;

builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing
    .AddSource("Experimental.Microsoft.Extensions.AI")
    .AddOtlpExporter());

// each IChatClient: .AsBuilder().UseOpenTelemetry().Build()`,
  },
];
