// The head of a trace: what it is, its figures, and ways on.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Trace } from "../../api";
import { base, segment } from "../../api";
import { copy } from "../../components/Copy";
import { Glyph, StateGlyph } from "../../components/Glyph";
import { Kbd } from "../../components/Kbd";
import { Menu, MenuItem } from "../../components/Menu";
import { CostCell } from "../../components/Money";
import { Note } from "../../components/States";
import { Text } from "../../components/Text";
import { clock, costKind, costText, count, duration, longDuration, percent, plural, shortId, tokens, utc, when } from "../../format";
import { to } from "../../router";
import { sqlOf } from "./copy";
import type { Model } from "./model";
import type { Place } from "./place";
import { labelOf } from "../../kind";

interface Props {
  model: Model;
  place: Place;
  narrow: boolean;
  said: string;
}

const words: Partial<Record<Trace["state"], string>> = { running: "running", root_missing: "root not received", broken_off: "broken off" };

/** Header is the head of a trace. */
export function Header({ model, place, narrow, said }: Props) {
  const { trace, tree } = model;
  const { say, options } = place;
  const root = tree.roots.find((n) => n.span);
  const name = labelOf(trace);
  const running = trace.state === "running";
  return (
    <div class="trace-head">
      <div class="trace-title">
        <a href="/traces">Traces</a>
        <span class="quiet" aria-hidden="true">›</span>
        <Glyph kind={root?.kind ?? "step"} missing={!root} />
        <h1>
          <Text text={name.text} /> {name.quiet && <Text text={name.quiet} class="quiet" />}
        </h1>
        {words[trace.state] && (
          <span class={running ? "state running" : "state warn"}>
            <StateGlyph state={trace.state} failed={trace.failed} /> {words[trace.state]}
          </span>
        )}
        <span class="trace-id mono quiet" title={trace.trace_id}><bdi>{shortId(trace.trace_id)}</bdi></span>
        <span class="said" role="status">{said}</span>
        {!narrow && (
          <div class="actions">
            {running && (
              <button class={`button follow${options.follow ? " on" : ""}`} type="button" aria-pressed={options.follow} onClick={() => place.set({ follow: !options.follow })}>
                Follow <Kbd keys="p" />
              </button>
            )}
            <button class="button" type="button" onClick={async () => say((await copy(location.href)) ? "Copied link" : "The browser does not allow copying")}>
              Copy link
            </button>
            <Export trace={trace} say={say} />
            <button class="button" type="button" onClick={() => place.go("newer")}>Newer <Kbd keys="K" /></button>
            <button class="button" type="button" onClick={() => place.go("older")}>Older <Kbd keys="J" /></button>
          </div>
        )}
      </div>
      <Figures model={model} rows={place.rows.length} />
      {trace.state === "broken_off" && (
        <Note tone="warn">
          <strong>Broken off at {clock(trace.last_seen)}.</strong> No span for 10 min and the root never ended. {plural(trace.spans, "span")}
          {costKind(trace.cost) !== "none" && ` and ${costText(trace.cost)}`} until then.
        </Note>
      )}
    </div>
  );
}

function Figures({ model, rows }: { model: Model; rows: number }) {
  const { trace, tree } = model;
  const running = trace.state === "running";
  const kinds = new Set(tree.nodes.filter((n) => n.kind === "tool").map((n) => n.span!.tool || labelOf(n.span!).text));
  const t = trace.tokens;
  const us = tree.end - tree.start;
  return (
    <div class="trace-facts">
      <span class={running ? "running" : ""}><b>{us >= 60e6 && us < 86_400e6 && running ? longLive(us) : duration(us)}</b></span>
      {costKind(trace.cost) !== "none" && <span><b><CostCell cost={trace.cost} strong /></b>{running && " so far"}</span>}
      <span><b>{count(trace.spans)}</b> {trace.spans === 1 ? "span" : "spans"}{rows > 0 && rows < trace.spans * 0.8 && ` in ${plural(rows, "row")}`}</span>
      {trace.cost.calls > 0 && <span><b>{count(trace.cost.calls)}</b> {trace.cost.calls === 1 ? "model call" : "model calls"}</span>}
      {kinds.size > 0 && <span><b>{count(kinds.size)}</b> {kinds.size === 1 ? "tool" : "tools"}</span>}
      {t.input > 0 && <span title={count(t.input)}><b>{tokens(t.input)}</b> in</span>}
      {t.output > 0 && <span title={count(t.output)}><b>{tokens(t.output)}</b> out</span>}
      {t.cache_read > 0 && t.input > 0 && <span><b>{percent(t.cache_read / t.input)}</b> from the cache</span>}
      {trace.errors > 0 && <span class="err"><b>{count(trace.errors)}</b> {trace.errors === 1 ? "error" : "errors"}</span>}
      {trace.redactions > 0 && <span><b>{count(trace.redactions)}</b> redacted</span>}
      <time dateTime={trace.start} title={utc(trace.start)}>{clock(trace.start)} {when(trace.start).replace(/ \d\d:\d\d$/, "")}</time>
      {trace.service && <span><Text text={trace.service} />{trace.environment && <> · <Text text={trace.environment} /></>}</span>}
      {trace.user && <Text text={trace.user} />}
      {trace.session && <a href={to(["sessions", trace.session])}><b><Text text={trace.session} /></b> <span>session ›</span></a>}
    </div>
  );
}

// A clock that runs shows its seconds: 1 h 12 m 17 s.
function longLive(us: number): string {
  const seconds = Math.floor(us / 1e6);
  return seconds < 3600 ? longDuration(seconds) : `${longDuration(seconds)} ${seconds % 60} s`;
}

function Export({ trace, say }: { trace: Trace; say: (text: string) => void }) {
  const path = `${base}/traces/${segment(trace.trace_id)}`;
  const file = (end: string) => `${trace.trace_id.replace(/[^\w.-]/g, "_")}${end}`;
  const download = (href: string, name: string) => {
    const a = document.createElement("a");
    a.href = href;
    a.download = name;
    a.click();
  };
  return (
    <Menu label="Export ▾" align="end">
      {(close) => (
        <>
          <MenuItem onSelect={() => { close(); download(`${path}/otlp`, file(".otlp.json")); }}>OTLP JSON</MenuItem>
          <MenuItem onSelect={() => { close(); download(path, file(".json")); }} note="without payload">Tree as JSON</MenuItem>
          <MenuItem onSelect={async () => { close(); say((await copy(sqlOf(trace.trace_id))) ? "Copied SQL" : "The browser does not allow copying"); }}>Copy SQL</MenuItem>
          <MenuItem onSelect={async () => { close(); say((await copy(trace.trace_id)) ? "Copied trace id" : "The browser does not allow copying"); }}>Copy trace id</MenuItem>
        </>
      )}
    </Menu>
  );
}

/** useSaid is a sentence that goes away: what was copied, that there is no older trace. */
export function useSaid(): [string, (text: string) => void] {
  const [said, set] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return [said, (text) => {
    clearTimeout(timer.current);
    set(text);
    timer.current = setTimeout(() => set(""), 2500);
  }];
}
