// The pane of a run: many like calls in figures, by their arguments, and one by one.

import { useMemo, useState } from "preact/hooks";
import { Glyph } from "../../components/Glyph";
import { Kbd } from "../../components/Kbd";
import { CostCell } from "../../components/Money";
import { Tag } from "../../components/States";
import { Text } from "../../components/Text";
import { clockMillis, count, duration } from "../../format";
import { quantile } from "./find";
import { FindingsView } from "./FindingsView";
import { type Run, labelOfRun } from "./rows";
import { sqlOfRun } from "./copy";
import { CopyMenu } from "./CopyMenu";
import type { PaneProps } from "./SpanPane";
import { labelOf } from "../../kind";
import { type TreeNode } from "./tree";

interface Props extends PaneProps {
  run: Run;
  unfolded: boolean;
  unfold: () => void;
}

/** RunPane shows a run. */
export function RunPane({ run, unfolded, unfold, model, place }: Props) {
  const first = run.members[0]!;
  const label = labelOfRun(run);
  const figures = useMemo(() => {
    const sorted = run.members.map((m) => m.end - m.start).sort((a, b) => a - b);
    return { together: sorted.reduce((a, b) => a + b, 0), p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), slowest: sorted[sorted.length - 1] ?? 0 };
  }, [run]);
  const failed = run.members.filter((m) => m.span!.failed).length;
  const related = model.findings.filter((finding) => finding.nodes.some((node) => run.members.includes(node)));
  return (
    <>
      <header class="pane-head">
        <div class="pane-title">
          <Glyph kind={first.kind} />
          <h2>
            <Text text={label.text} /> {label.quiet && <Text text={label.quiet} class="quiet" />} ×{count(run.members.length)}
          </h2>
          <Tag>{count(run.size)} spans {unfolded ? "unfolded" : "folded"}</Tag>
          <span class="grow" />
          <CopyMenu trace={model.trace} spanId={first.id} sql={sqlOfRun(model.trace.trace_id, run.parent?.id, first.span!.name)} say={place.say} />
          <button class="button" type="button" onClick={unfold}>
            {unfolded ? "Fold" : "Unfold"} <Kbd keys={unfolded ? "ArrowLeft" : "ArrowRight"} />
          </button>
        </div>
        <div class="span-facts">
          <span><b>{duration(figures.together)}</b> together</span>
          <span><b>{duration(figures.p50)}</b> p50</span>
          <span><b>{duration(figures.p95)}</b> p95</span>
          <span><b>{duration(figures.slowest)}</b> slowest</span>
          <span class={failed ? "err" : ""}><b>{count(failed)}</b> failed</span>
          {run.calls > 0 && <span class="cost"><CostCell cost={run} strong /></span>}
        </div>
      </header>
      <SameArguments run={run} open={place.openSpan} />
      <Calls run={run} failed={failed} model={model} place={place} />
      {related.length > 0 && <FindingsView findings={related} title="In this run" model={model} open={place.openSpan} />}
    </>
  );
}

function SameArguments({ run, open }: { run: Run; open: (id: string) => void }) {
  const groups = useMemo(() => {
    const by = new Map<string, TreeNode[]>();
    for (const member of run.members) {
      const key = member.span!.arguments || member.span!.preview;
      if (!key) continue;
      by.set(key, [...(by.get(key) ?? []), member]);
    }
    return [...by.values()].sort((a, b) => b.length - a.length);
  }, [run]);
  const repeated = groups.filter((group) => group.length > 1).slice(0, 8);
  if (!repeated.length) return null;
  const rest = run.members.length - repeated.reduce((sum, group) => sum + group.length, 0);
  const most = Math.max(rest, repeated[0]!.length);
  return (
    <section>
      <div class="sect-head">
        <h3>Same arguments</h3>
        <span class="quiet">{count(groups.length)} different of {count(run.members.length)}</span>
      </div>
      {repeated.map((group) => (
        <div class="same" key={group[0]!.id}>
          <button class="plain mono" type="button" onClick={() => open(group[0]!.id)} title={group[0]!.span!.preview}>
            <Text text={group[0]!.span!.preview || "(not recorded)"} quiet />
          </button>
          <span class="same-bar"><i style={{ width: `${(group.length / most) * 100}%` }} /></span>
          <span class="n">{count(group.length)}</span>
        </div>
      ))}
      {rest > 0 && (
        <div class="same">
          <span class="quiet">{count(groups.length - repeated.length)} more</span>
          <span class="same-bar others"><i style={{ width: `${(rest / most) * 100}%` }} /></span>
          <span class="n">{count(rest)}</span>
        </div>
      )}
    </section>
  );
}

function Calls({ run, failed, model, place }: PaneProps & { run: Run; failed: number }) {
  const [order, setOrder] = useState<"time" | "slow" | "failed">("time");
  const [shown, show] = useState(8);
  const list = useMemo(() => {
    if (order === "slow") return [...run.members].sort((a, b) => b.end - b.start - (a.end - a.start));
    return order === "failed" ? run.members.filter((m) => m.span!.failed) : run.members;
  }, [run, order]);
  const start = Date.parse(model.trace.start);
  return (
    <section>
      <div class="sect-head">
        <h3>Calls</h3>
        <div class="segments" role="group" aria-label="Order of the calls">
          <button type="button" aria-pressed={order === "time"} onClick={() => setOrder("time")}>In order</button>
          <button type="button" aria-pressed={order === "slow"} onClick={() => setOrder("slow")}>Slowest</button>
          <button type="button" aria-pressed={order === "failed"} onClick={() => setOrder("failed")} disabled={!failed}>Failed {count(failed)}</button>
        </div>
      </div>
      <div class="calls">
        {list.slice(0, shown).map((member) => (
          <button type="button" class="run-call" key={member.id} onClick={() => place.openSpan(member.id)}>
            <span class="quiet">{clockMillis(start + member.start / 1000)}</span>
            <span class={`what mono${member.span!.failed ? " err" : ""}`}><Text text={(member.span!.failed && member.span!.error) || member.span!.preview || labelOf(member.span!).text} quiet /></span>
            <span class="n">{duration(member.end - member.start)}</span>
          </button>
        ))}
      </div>
      {list.length > shown && (
        <button class="link" type="button" onClick={() => show(shown + 100)}>
          {count(list.length - shown)} more
        </button>
      )}
    </section>
  );
}
