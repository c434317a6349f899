// The kind of a span, which its glyph and colour show: from Mastra's span types, as the
// store has them.

export type Kind = "model" | "tool" | "retrieval" | "agent" | "workflow" | "step";

const KINDS: Record<string, Kind> = {
  model_generation: "model",
  model_inference: "model",
  model_step: "step",
  model_chunk: "step",
  embedding: "model",
  rag_embedding: "model",
  tool_call: "tool",
  client_tool_call: "tool",
  provider_tool_call: "tool",
  mcp_tool_call: "tool",
  rag_ingestion: "retrieval",
  rag_vector_operation: "retrieval",
  rag_action: "retrieval",
  retrieval: "retrieval",
  memory_operation: "retrieval",
  workspace_action: "tool",
  graph_action: "retrieval",
  agent_run: "agent",
  workflow_run: "workflow",
};

/** kindOf reads a type. operation is gen_ai.operation.name, where the span has one. */
export function kindOf(type: string, operation = ""): Kind {
  if (operation === "retrieval" || operation === "embeddings") return operation === "retrieval" ? "retrieval" : "model";
  return KINDS[type] ?? "step";
}

/** What the kinds are called. */
export const kindNames: Record<Kind, string> = {
  model: "model call",
  tool: "tool call",
  retrieval: "retrieval",
  agent: "agent",
  workflow: "workflow",
  step: "step",
};
