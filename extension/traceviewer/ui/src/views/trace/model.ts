// What a trace is made into for its view: once for each answer of the collector, and while
// it runs, as time goes on.

import { useMemo } from "preact/hooks";
import { type Trace, now } from "../../api";
import { useTicker } from "../../hooks";
import { findGaps } from "./axis";
import { type TraceFinding, findings } from "./findings";
import { type Display, makeDisplay } from "./rows";
import { type Tree, type TreeNode, buildTree } from "./tree";

/** Model is a trace as it is shown. */
export interface Model {
  trace: Trace;
  tree: Tree;
  display: Display;
  findings: TraceFinding[];
  tags: Map<TreeNode, TraceFinding[]>;
  running: boolean;
  /** Microseconds from the start of the trace to now, while it runs. */
  nowUS: number | undefined;
  hasGaps: boolean;
}

/** A trace of more spans has an overview, and runs before a critical path. */
export const longFrom = 200;

/** useModel makes a trace ready. The clock of one that runs goes on each second, of a very long one less often. */
export function useModel(trace: Trace): Model {
  const running = trace.state === "running";
  useTicker(running, trace.spans > 2000 ? 5000 : 1000);
  const nowUS = running ? Math.floor((now() - Date.parse(trace.start)) / 1000) * 1e6 : undefined;
  const list = trace.span_list;
  return useMemo(() => {
    const tree = buildTree(list, nowUS);
    const found = findings(tree);
    return { trace, tree, display: makeDisplay(tree), findings: found.list, tags: found.tags, running, nowUS, hasGaps: findGaps(tree).length > 0 };
  }, [list, nowUS, running]);
}
