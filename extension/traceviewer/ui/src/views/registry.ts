// The views. Each has a folder with one component, and gets the parts of the path
// behind its own.
import type { ComponentType } from "preact";
import { AgentsView } from "./agents";
import { CollectorView } from "./collector";
import { SearchView } from "./search";
import { SessionsView } from "./sessions";
import { SpendView } from "./spend";
import { StartView } from "./start";
import { TraceView } from "./trace";
import { TracesView } from "./traces";

/** What a view is given: /sessions/a%2Fb is rest ["a/b"]. */
export interface ViewProps {
  rest: string[];
}

export interface View {
  /** section is the entry of the top bar that is marked. */
  section: string;
  component: ComponentType<ViewProps>;
}

/** The sections of the top bar, and the second key of `g`. */
export const sections = [
  { path: "traces", title: "Traces", key: "t" },
  { path: "sessions", title: "Sessions", key: "e" },
  { path: "agents", title: "Agents", key: "a" },
  { path: "spend", title: "Spend", key: "s" },
  { path: "collector", title: "Collector", key: "c" },
] as const;

const views: Record<string, View> = {
  traces: { section: "traces", component: TracesView },
  sessions: { section: "sessions", component: SessionsView },
  agents: { section: "agents", component: AgentsView },
  spend: { section: "spend", component: SpendView },
  collector: { section: "collector", component: CollectorView },
  start: { section: "traces", component: StartView },
  search: { section: "traces", component: SearchView },
};

/** viewAt finds the view of a path, undefined where there is none. */
export function viewAt(parts: readonly string[]): View | undefined {
  const [name = "traces", id] = parts;
  if (name === "traces" && id !== undefined) return { section: "traces", component: TraceView };
  return Object.hasOwn(views, name) ? views[name] : undefined;
}
