import type { ViewProps } from "../registry";

export function StartView(_: ViewProps) {
  return <h1 class="pad">Start</h1>;
}
