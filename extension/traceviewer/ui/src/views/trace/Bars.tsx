// The bar of a row: in time, or as a share of the dollars.

import { duration, percent } from "../../format";
import { type Axis, cover } from "./axis";
import type { Stretch } from "./critical";
import type { Row, Run } from "./rows";
import { type Room, roomFor, tickPath } from "./scale";
import type { TreeNode } from "./tree";

const labelWidth = 52;

/** barRoom says where the duration of a span stands: beside its bar, or in the tree. */
export function barRoom(axis: Axis, node: TreeNode): Room {
  return roomFor(axis.x(node.start), axis.x(node.end), axis.width, labelWidth, axis.gaps);
}

/** TimeBar is a span on the time axis. */
export function TimeBar({ node, axis, labels, critical }: { node: TreeNode; axis: Axis; labels: boolean; critical: Stretch[] | undefined }) {
  const span = node.span;
  const running = span?.state === "running";
  const parts = cover(axis, node.start, node.end);
  const wide = node.kind === "model" || node.kind === "tool" || node.kind === "retrieval";
  const look = span ? `span-bar ${node.kind}${wide ? " wide" : ""}${span.failed ? " failed" : ""}` : "span-bar missing";
  const room = labels && span && !running ? barRoom(axis, node) : "none";
  const first = span?.first_token_us ? axis.x(node.start + span.first_token_us) : 0;
  const from = axis.x(node.start), to = axis.x(node.end);
  return (
    <>
      {parts.map((part, i) => {
        const wait = node.kind === "model" && first > part.x ? Math.min(part.width, first - part.x) : 0;
        const last = i === parts.length - 1;
        return (
          <i key={i} class={`${look}${running && last ? " runs" : ""}`} style={{ left: `${part.x}px`, width: `${Math.max(2, part.width)}px` }}>
            {wait > 1.5 && <i class="wait" style={{ width: `${wait}px` }} />}
          </i>
        );
      })}
      {critical?.map((stretch, i) => {
        const a = axis.x(stretch.from), b = axis.x(stretch.to);
        return <i key={`c${i}`} class="crit" style={{ left: `${a}px`, width: `${Math.max(1, b - a)}px` }} />;
      })}
      {room === "after" && <span class="span-label" style={{ left: `${to + 5}px` }}>{duration(span!.duration_us)}</span>}
      {room === "before" && <span class="span-label" style={{ right: `${axis.width - from + 5}px` }}>{duration(span!.duration_us)}</span>}
    </>
  );
}

/** RunBar is a run on the time axis: a tick each, failures taller and red. */
export function RunBar({ run, axis }: { run: Run; axis: Axis }) {
  const kind = run.members[0]!.kind;
  const at = (node: TreeNode) => {
    const x = axis.x(node.start);
    return { x, width: axis.x(node.end) - x };
  };
  const failed = run.members.filter((node) => node.span!.failed);
  const well = failed.length ? run.members.filter((node) => !node.span!.failed) : run.members;
  const tall = kind === "model" || kind === "tool" || kind === "retrieval";
  return (
    <svg class={`ticks ${kind}`} width={axis.width} height="26" aria-hidden="true">
      <path d={tickPath(well.map(at), tall ? 8 : 11, tall ? 10 : 4)} />
      {failed.length > 0 && <path class="bad" d={tickPath(failed.map(at), 4, 18)} />}
    </svg>
  );
}

/** DollarBar is the share that a row has of the cost. */
export function DollarBar({ row, total, width, labels }: { row: Row; total: number; width: number; labels: boolean }) {
  const item = row.item;
  const node = item?.node, run = item?.run;
  const usd = (node ?? run)?.usd ?? 0;
  if (!(usd > 0) || !(total > 0)) return null;
  const kind = node ? node.kind : run!.members[0]!.kind;
  const x = (row.offset / total) * width, w = Math.max(2, (usd / total) * width);
  const wide = kind === "model";
  const share = percent(usd / total);
  const inside = wide && w >= 42;
  const room: Room = !labels || inside || usd >= total ? "none" : roomFor(x, x + w, width, 34);
  return (
    <>
      <i class={`span-bar dollar ${kind}${wide ? " wide" : ""}`} style={{ left: `${x}px`, width: `${w}px` }}>
        {inside && labels && <span class="share">{share}</span>}
      </i>
      {room === "after" && <span class="span-label" style={{ left: `${x + w + 5}px` }}>{share}</span>}
      {room === "before" && <span class="span-label" style={{ right: `${width - x + 5}px` }}>{share}</span>}
    </>
  );
}
