// Tree, time and cost side by side: a treegrid of which only what is in sight is drawn.

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Glyph, Spinner } from "../../components/Glyph";
import { CostCell } from "../../components/Money";
import { Tag } from "../../components/States";
import { Text } from "../../components/Text";
import { useVirtual } from "../../components/virtual";
import { costText, count, duration, longDuration, percent, plural } from "../../format";
import { type Axis, findGaps, makeAxis, ticks } from "./axis";
import { DollarBar, RunBar, TimeBar, barRoom } from "./Bars";
import type { TraceFinding } from "./findings";
import type { Model } from "./model";
import type { Place } from "./place";
import { type Row, labelOfRun } from "./rows";
import { axisTime, dollarTicks, gapTime } from "./scale";
import { labelOf } from "../../kind";
import { type TreeNode } from "./tree";
import { shortId } from "../../format";

interface Props {
  model: Model;
  place: Place;
  narrow: boolean;
  toolbar: preact.ComponentChildren;
}

/** rowHeight is that of a row in pixels. */
export const rowHeight = (narrow: boolean) => (narrow ? 32 : 26);

const head = 28;

/** Waterfall is the left side of the view. */
export function Waterfall(props: Props) {
  const { model, place, narrow } = props;
  const { tree, nowUS } = model;
  const { rows, selected, scroll } = place;
  const { mode } = place.options;
  const scroller = useRef<HTMLDivElement>(null!);
  const timeCell = useRef<HTMLDivElement>(null!);
  const width = useWidth(timeCell, narrow);
  const height = rowHeight(narrow);
  const gaps = useMemo(() => findGaps(tree), [tree]);
  const axis = useMemo(() => makeAxis(tree, width, gaps), [tree, width, gaps]);
  const virtual = useVirtual({ count: rows.length, scroller, size: () => height, key: (i) => rows[i]?.key ?? i, overscan: 10, before: head });
  scroll.current = (index, align = "auto") => virtual.scrollTo(index, align);
  useEffect(() => virtual.virtualizer.measure(), [height]);
  useAnchor(scroller, rows, height);
  const total = tree.roots.reduce((sum, node) => sum + (node.usd ?? 0), 0);
  const marks = mode === "time"
    ? ticks(axis, narrow ? 40 : 84, narrow ? 24 : 40).map((t) => ({ x: t.x, label: axisTime(t.at) }))
    : dollarTicks(total, width, narrow ? 60 : 100);
  return (
    <div class="wf" ref={scroller} role="treegrid" aria-label="Spans of this trace" aria-rowcount={rows.length + 1} aria-colcount={3}
      tabIndex={0} aria-activedescendant={virtual.items.some((item) => item.index === selected) ? rowId(selected) : undefined}>
      <div class="wf-head" role="row" aria-rowindex={1}>
        <div role="columnheader" class="wf-tools"><span class="sr">Span</span>{props.toolbar}</div>
        <div role="columnheader" class="wf-axis" ref={timeCell}>
          <div class="sr">{mode === "time" ? "Time" : "Share of the cost"}</div>
          <div aria-hidden="true">
            {marks.map((m, i) => <span key={i} style={{ left: `${m.x}px` }}>{m.label}</span>)}
            {mode === "time" && axis.gaps.map((g, i) => !narrow && <span class="gap-label" key={`g${i}`} style={{ left: `${g.x}px`, width: `${g.width}px` }} title={`${duration(g.to - g.from)} without an event`}>{gapTime(g.to - g.from)}</span>)}
          </div>
        </div>
        <div role="columnheader" class="wf-cost">Cost</div>
      </div>
      <div class="wf-rows" role="rowgroup" style={{ height: `${virtual.total}px` }}>
        <div class="wf-grid" role="presentation" aria-hidden="true" style={{ width: `${width}px` }}>
          {marks.map((m, i) => <i key={i} class="tick" style={{ left: `${m.x}px` }} />)}
          {mode === "time" && axis.gaps.map((g, i) => <i key={`g${i}`} class="gap" style={{ left: `${g.x}px`, width: `${g.width}px` }} />)}
          {mode === "time" && nowUS !== undefined && <i class="now" style={{ left: `${axis.x(nowUS)}px` }} />}
        </div>
        {virtual.items.map((item) => {
          const row = rows[item.index];
          return row && (
            <RowView key={row.key} row={row} index={item.index} top={item.start - head} height={height} axis={axis} total={total} width={width} chosen={item.index === selected} model={model} place={place} narrow={narrow} />
          );
        })}
      </div>
    </div>
  );
}

// useAnchor keeps the first row in sight where it is, when rows come or go above it.
function useAnchor(scroller: RefObject<HTMLDivElement>, rows: Row[], height: number) {
  const before = useRef(rows);
  useLayoutEffect(() => {
    const was = before.current;
    before.current = rows;
    const element = scroller.current;
    if (!element || was === rows || element.scrollTop === 0) return;
    const index = Math.floor(element.scrollTop / height);
    const key = was[index]?.key;
    const now = rows[index]?.key === key ? index : rows.findIndex((row) => row.key === key);
    if (now >= 0 && now !== index) element.scrollTop += (now - index) * height;
  }, [rows]);
}

// useWidth is the width of the time column; before it is measured, a good guess.
function useWidth(cell: RefObject<HTMLDivElement>, narrow: boolean): number {
  const [width, set] = useState(() => (narrow ? 86 : 384));
  useLayoutEffect(() => {
    const element = cell.current;
    if (!element) return;
    const measure = () => set(Math.max(40, Math.floor(element.getBoundingClientRect().width)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [narrow]);
  return width;
}

const rowId = (index: number) => `wf-row-${index}`;

interface RowProps {
  model: Model;
  place: Place;
  narrow: boolean;
  row: Row;
  index: number;
  top: number;
  height: number;
  axis: Axis;
  total: number;
  width: number;
  chosen: boolean;
}

function RowView(props: RowProps) {
  const { row, index, top, height, chosen, place, narrow } = props;
  const { critical, options: { mode } } = place;
  const node = row.item?.node, run = row.item?.run;
  const off = critical && mode === "time" && !(node ? critical.on.has(node) : run?.members.some((m) => critical.on.has(m)));
  const step = narrow ? 14 : 20, depth = Math.min(row.depth, narrow ? 9 : 11);
  const item = node ?? run;
  return (
    <div id={rowId(index)} role="row" class={`wf-row${chosen ? " chosen" : ""}${off ? " off" : ""}`} aria-rowindex={index + 2} aria-level={row.depth + 1}
      aria-posinset={row.place} aria-setsize={row.of} aria-expanded={row.open ?? undefined} aria-selected={chosen}
      style={{ transform: `translateY(${top}px)`, height: `${height}px` }} onClick={() => place.select(row, narrow)} onDblClick={() => place.toggle(row)}>
      <div role="gridcell" class="cell-tree">
        <span class="guides" style={{ width: `${depth * step}px`, backgroundSize: `${step}px 100%` }} />
        <span class={`twist${row.open === null ? " none" : ""}`} onClick={(event) => {
          if (row.open === null) return;
          event.stopPropagation();
          place.toggle(row);
        }} aria-hidden="true">{row.open === null ? "" : row.open ? "▾" : "▸"}</span>
        <Name {...props} />
      </div>
      <div role="gridcell" class="cell-time" aria-label={barText(props)}>
        {mode === "time" ? (
          node ? <TimeBar node={node} axis={props.axis} labels={!narrow} critical={critical?.by.get(node)} /> : run && <RunBar run={run} axis={props.axis} />
        ) : (
          <DollarBar row={row} total={props.total} width={props.width} labels={!narrow} />
        )}
      </div>
      <div role="gridcell" class="cell-cost">
        {item && item.calls > 0 ? <CostCell cost={item} column="list" /> : <span class="sr">no cost</span>}
      </div>
    </div>
  );
}

function barText({ row, place, model, total }: RowProps): string {
  const item = row.item?.node ?? row.item?.run;
  if (!item) return plural(row.rest, "span");
  if (place.options.mode === "dollars") return item.usd ? `${percent(item.usd / total)} of the cost, ${costText(item)}` : "no cost";
  return `starts at ${duration(item.start - model.tree.start)}, ${duration(item.end - item.start)}`;
}

function Name({ row, axis, model: { tree, tags }, place, narrow }: RowProps) {
  const { matches, options: { mode } } = place;
  const node = row.item?.node, run = row.item?.run;
  if (!node && !run) return <span class="row-name quiet">{plural(row.rest, "span")} without a cost</span>;
  if (node && !node.span) {
    const waiting = node.children.length;
    return (
      <>
        <Glyph kind="step" missing />
        <span class="row-name warn">Parent <bdi>{shortId(node.id, 4, 2)}</bdi> not received</span>
        {!narrow && <span class="quiet">{waiting === 1 ? "1 span waits for it" : `${count(waiting)} spans wait for it`}</span>}
      </>
    );
  }
  const first = node ?? run!.members[0]!;
  const span = first.span!;
  const label = run ? labelOfRun(run) : labelOf(span);
  const failed = node ? span.failed : false;
  const running = node && span.state === "running";
  const preview = tree.nodes.length > 60 && node && node.kind !== "model" && span.preview;
  const found = node && matches.has(node);
  const below = node && row.open === false ? node.size - 1 : 0;
  const away = mode === "time" && !narrow && node && !running && barRoom(axis, node) === "none" && node.parent;
  return (
    <>
      <Glyph kind={first.kind} />
      <span class={`row-name k-${first.kind}${failed ? " err" : ""}`}>
        {found ? <mark><Text text={label.text} quiet /></mark> : <Text text={label.text} quiet />}
        {label.quiet && <> <Text text={label.quiet} quiet class="quiet" /></>}
        {preview && <> <Text text={preview} quiet class="quiet" /></>}
      </span>
      {run && <b class="times">×{count(run.members.length)}</b>}
      {run && !narrow && run.size > run.members.length && <span class="quiet small">{plural(run.size, "span")}</span>}
      {below > 0 && !narrow && <span class="quiet small">{plural(below, "span")}</span>}
      {failed && <span class="sr">failed</span>}
      {node?.cut && <Tag tone="warn" title="Its parents form a circle, which is cut here">circle</Tag>}
      <Tags narrow={narrow} node={node} run={run?.members} tags={tags} failures={run ? run.members.filter((m) => m.span!.failed).length : node && row.open === false && !span.failed ? node.failures : 0} />
      {running && <span class="running away"><Spinner label="running" /> {narrow ? "" : "running "}{longDuration(Math.round((node.end - node.start) / 1e6))}</span>}
      {away && <span class="away quiet">{duration(span.duration_us)}</span>}
    </>
  );
}

function Tags({ node, run, tags, failures, narrow }: { narrow: boolean; node: TreeNode | undefined; run: TreeNode[] | undefined; tags: Map<TreeNode, TraceFinding[]>; failures: number }) {
  const found = new Set<TraceFinding>();
  for (const one of run ?? (node ? [node] : [])) for (const finding of tags.get(one) ?? []) found.add(finding);
  const list = [...found];
  const cache = list.filter((f) => f.kind === "cache"), loop = list.find((f) => f.kind === "loop");
  // In an unfolded loop only the first row has the tag.
  const showLoop = loop && (run || loop.nodes[0] === node);
  return (
    <>
      {failures > 0 && <Tag tone="err">{count(failures)} failed</Tag>}
      {!narrow && cache.length > 0 && <Tag tone="warn">cache lost{cache.length > 1 ? ` ×${cache.length}` : ""}</Tag>}
      {!narrow && showLoop && <Tag tone="warn">{loop.tag}</Tag>}
    </>
  );
}
