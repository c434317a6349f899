import type { ViewProps } from "../registry";

export function TracesView(_: ViewProps) {
  return <h1 class="pad">Traces</h1>;
}
