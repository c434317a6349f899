// Panes of what is not there: a parent that has not come, a span that is not in the trace.

import { Glyph } from "../../components/Glyph";
import { Note } from "../../components/States";
import { Text } from "../../components/Text";
import { duration, plural, shortId } from "../../format";
import { labelOf } from "../../kind";
import { type TreeNode } from "./tree";

/** MissingPane tells of a parent that was named and has not been received. */
export function MissingPane({ node, open }: { node: TreeNode; open: (id: string) => void }) {
  return (
    <>
      <header class="pane-head">
        <div class="pane-title">
          <Glyph kind="step" missing />
          <h2 class="warn">Parent <bdi>{shortId(node.id, 4, 2)}</bdi> not received</h2>
        </div>
        <div class="span-facts">
          <span><b>{plural(node.children.length, "span")}</b> {node.children.length === 1 ? "waits" : "wait"} for it</span>
        </div>
      </header>
      <section>
        <p>
          These spans name a parent that is not in the store. They move to their place when it comes. A parent is sent when it ends; it does not come where its
          service does not export, samples it away, or was stopped before.
        </p>
        <p class="source mono"><bdi>{node.id}</bdi></p>
        <div class="calls">
          {node.children.slice(0, 50).map((child) => (
            <button type="button" class="run-call" key={child.id} onClick={() => open(child.id)}>
              <span class="what"><Text text={labelOf(child.span!).text} /></span>
              <span class="n">{duration(child.end - child.start)}</span>
            </button>
          ))}
        </div>
      </section>
    </>
  );
}

/** NoSpanPane stands where a link leads to a span that is not in the trace. */
export function NoSpanPane({ id }: { id: string }) {
  return (
    <section>
      <Note tone="warn">
        <strong>No span <bdi>{id.length > 8 ? `${id.slice(0, 8)}…` : id}</bdi> in this trace.</strong> It may come later, or retention has removed it.
      </Note>
    </section>
  );
}

