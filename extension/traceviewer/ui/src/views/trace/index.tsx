import type { ViewProps } from "../registry";

export function TraceView(_: ViewProps) {
  return <h1 class="pad">Trace</h1>;
}
