import type { ViewProps } from "../registry";

export function AgentsView(_: ViewProps) {
  return <h1 class="pad">Agents</h1>;
}
