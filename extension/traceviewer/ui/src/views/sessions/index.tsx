import type { ViewProps } from "../registry";

export function SessionsView(_: ViewProps) {
  return <h1 class="pad">Sessions</h1>;
}
