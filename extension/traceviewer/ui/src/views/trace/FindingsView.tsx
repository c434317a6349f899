// What a person should know of a trace, each with what it costs.

import { useEffect, useState } from "preact/hooks";
import type { Span, Trace } from "../../api";
import { get, segment } from "../../api";
import { Tag } from "../../components/States";
import { Text } from "../../components/Text";
import { count, dollars, duration, shortDuration } from "../../format";
import { type TraceFinding, between, callBefore, lostCacheUSD } from "./findings";
import type { Model } from "./model";
import { labelOf } from "../../kind";
import { type Tree } from "./tree";

/** FindingsView is a section of sentences. */
export function FindingsView({ findings, title, model, open }: { findings: TraceFinding[]; title: string; model: Model; open: (id: string) => void }) {
  const { trace, tree } = model;
  const [shown, show] = useState(6);
  return (
    <section>
      <div class="sect-head">
        <h3>{title}</h3>
      </div>
      {findings.slice(0, shown).map((finding) => (
        <div class="finding" key={finding.kind + finding.nodes[0]!.id}>
          <Tag tone="warn">{finding.tag}</Tag>
          <div>
            {finding.kind === "cache" ? <LostCache finding={finding} trace={trace} tree={tree} /> : <Loop finding={finding} tree={tree} />}{" "}
            <button class="link" type="button" onClick={() => open(finding.nodes[0]!.id)}>
              Show
            </button>
          </div>
        </div>
      ))}
      {findings.length > shown && (
        <button class="link" type="button" onClick={() => show(shown + 50)}>
          {count(findings.length - shown)} more
        </button>
      )}
    </section>
  );
}

function Loop({ finding, tree }: { finding: TraceFinding; tree: Tree }) {
  const first = finding.nodes[0]!;
  const usd = between(tree, finding).reduce((sum, call) => sum + (call.span?.usd ?? 0), 0);
  return (
    <>
      <Text text={first.span!.tool || labelOf(first.span!).text} /> {first.span!.preview && <Text text={first.span!.preview} class="mono" />}, same arguments.{" "}
      {usd > 0 && (
        <>
          The calls between cost <b>{dollars(usd)}</b>.
        </>
      )}
    </>
  );
}

// The price of a lost cache is in the receipts of the call and of the one before it.
function LostCache({ finding, trace, tree }: { finding: TraceFinding; trace: Trace; tree: Tree }) {
  const node = finding.nodes[0]!;
  const [more, setMore] = useState<number | null>(null);
  useEffect(() => {
    const before = callBefore(tree, node);
    if (!before) return;
    const abort = new AbortController();
    const read = (id: string) => get<Span>(`/spans/${segment(trace.trace_id)}/${segment(id)}`, { limit: "2000" }, abort.signal);
    Promise.all([read(node.id), read(before.id)])
      .then(([now, was]) => setMore(lostCacheUSD(finding.tokens ?? 0, now.receipt, was.receipt)))
      .catch(() => {});
    return () => abort.abort();
  }, [trace.trace_id, node.id]);
  return (
    <>
      {finding.idle! > 60e6 ? `${shortDuration(finding.idle!)} idle: ` : ""}
      {count(finding.tokens ?? 0)} tokens were not read from the cache again{finding.idle! > 0 && finding.idle! <= 60e6 ? `, ${duration(finding.idle!)} after the call before` : ""}.{" "}
      {more !== null && more > 0 && <b>{dollars(more)} more.</b>}
    </>
  );
}
