// The kind of a span, which its glyph and colour show, from Mastra's span types, as the
// store has them; and its name, as it stands beside a glyph.

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

/** Label is a span's name as a row shows it: what it is, and quieter words behind. */
export interface Label {
  text: string;
  quiet: string;
}

const prefixes = ["invoke_agent", "execute_tool", "invoke_workflow", "workflow_step", "workflow_run", "agent_run", "tool_call"];

/** labelOf leaves out of a name what its glyph says already. */
export function labelOf(span: { name: string }): Label {
  const name = span.name;
  const space = name.indexOf(" ");
  if (space < 0) return { text: name === "agent_step" || name === "model_step" ? "step" : name || "(no name)", quiet: "" };
  if (name.startsWith("agent_step ") || name.startsWith("model_step ")) return { text: "step", quiet: "" };
  const first = name.slice(0, space), rest = name.slice(space + 1).trim();
  if (!rest) return { text: first || "(no name)", quiet: "" };
  if (prefixes.includes(first)) return { text: rest, quiet: "" };
  if (first === "model_generation") return { text: "generation", quiet: rest };
  return { text: name, quiet: "" };
}
