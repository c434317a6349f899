import type { ViewProps } from "../registry";

export function SpendView(_: ViewProps) {
  return <h1 class="pad">Spend</h1>;
}
