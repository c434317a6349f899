// What can be copied of a span or a run.

import { useRef } from "preact/hooks";
import type { Trace } from "../../api";
import { get, segment } from "../../api";
import { copy } from "../../components/Copy";
import { Kbd } from "../../components/Kbd";
import { Menu, MenuItem } from "../../components/Menu";
import { useKeys } from "../../keys";
import { linkOf, pickSpan, sqlOf } from "./copy";

/** CopyMenu copies a span as OTLP JSON, SQL or link. */
export function CopyMenu({ trace, spanId, sql, say }: { trace: Trace; spanId: string; sql?: string; say: (text: string) => void }) {
  const opener = useRef<() => void>(() => {});
  useKeys("trace", [{ keys: "y", label: "copy link, OTLP JSON, SQL", run: () => opener.current() }]);
  const put = async (text: string, what: string) => say((await copy(text)) ? `Copied ${what}` : "The browser does not allow copying");
  const otlp = async () => {
    try {
      const whole = await get<unknown>(`/traces/${segment(trace.trace_id)}/otlp`);
      const one = pickSpan(whole, spanId);
      if (one) await put(JSON.stringify(one, null, 2), "OTLP JSON");
      else say("This span is not in the export");
    } catch (err) {
      say(err instanceof Error ? err.message : "The trace cannot be read");
    }
  };
  return (
    <Menu label={<>Copy ▾ <Kbd keys="y" /></>} name="Copy ▾" align="end" opener={(open) => { opener.current = open; }}>
      {(close) => (
        <>
          <MenuItem onSelect={() => { close(); void put(location.origin + linkOf(trace.trace_id, spanId), "link"); }}>Link</MenuItem>
          {!sql && <MenuItem onSelect={() => { close(); void otlp(); }}>OTLP JSON</MenuItem>}
          <MenuItem onSelect={() => { close(); void put(sql ?? sqlOf(trace.trace_id, spanId), "SQL"); }}>SQL</MenuItem>
          {!sql && <MenuItem onSelect={() => { close(); void put(spanId, "span id"); }}>Span id</MenuItem>}
        </>
      )}
    </Menu>
  );
}
