import type { ViewProps } from "../registry";

export function CollectorView(_: ViewProps) {
  return <h1 class="pad">Collector</h1>;
}
