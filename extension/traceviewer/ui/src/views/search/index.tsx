import type { ViewProps } from "../registry";

export function SearchView(_: ViewProps) {
  return <h1 class="pad">Search</h1>;
}
