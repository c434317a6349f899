// Content of spans: long texts in steps, JSON, attributes. All of it is text.

import { useEffect, useState } from "preact/hooks";
import type { Attribute, Json } from "../../api";
import { segment, url } from "../../api";
import { Text } from "../../components/Text";
import { bytes, count } from "../../format";
import { asText, cutAt, firstLines, stepChars, unwrap } from "./text";

/** Characters of a line of the pane. */
export const lineChars = 70;

interface LongProps {
  text: string;
  /** lines are shown at first; 0: a whole step. */
  lines?: number;
  mono?: boolean;
  class?: string;
  /** The whole length in bytes, where the collector has cut the text, and where the rest is. */
  cut?: number | undefined;
  rest?: string | undefined;
}

/** LongText shows three lines, then all of it, or steps of 20 KB. */
export function LongText({ text, lines = 3, mono = false, class: name = "", cut, rest }: LongProps) {
  const first = lines > 0 ? firstLines(text, lines, lineChars) : cutAt(text, stepChars);
  const [shown, show] = useState(first);
  useEffect(() => show(first), [text]);
  const left = text.length - shown;
  return (
    <div class={`long ${name}`}>
      <Text text={left > 0 ? `${text.slice(0, shown).trimEnd()}…` : text} block class={mono ? "mono" : ""} />
      {(left > 0 || cut !== undefined || shown > first) && (
        <div class="long-more">
          {left > 0 && (
            <button class="link" type="button" onClick={() => show(cutAt(text, Math.min(text.length, (shown === first && lines > 0 ? 0 : shown) + stepChars)))}>
              {left <= stepChars ? `Show ${count(left)} more characters` : "Show 20 KB more"}
            </button>
          )}
          {left <= 0 && shown > first && (
            <button class="link" type="button" onClick={() => show(first)}>
              Show less
            </button>
          )}
          {cut !== undefined && rest && (
            <a class="link" href={rest} target="_blank" rel="noopener noreferrer">
              Open {bytes(cut)} as text
            </a>
          )}
        </div>
      )}
    </div>
  );
}

/** wholeSpan is where a span is with nothing cut. */
export function wholeSpan(trace: string, span: string): string {
  return url(`/spans/${segment(trace)}/${segment(span)}`, { limit: "0" });
}

/** printLimit is how much of a value is written at all; what is longer is opened as text. */
const printLimit = 400_000;

/** Value shows JSON as a person writes it, text as text. */
export function Value({ value, lines = 8, width = 60, cut, rest }: { value: unknown; lines?: number; width?: number; cut?: number | undefined; rest?: string | undefined }) {
  const inner = unwrap(value);
  const printed = asText(inner, printLimit, width);
  return <LongText text={printed.text} lines={lines} mono={typeof inner !== "string"} cut={cut} rest={rest} />;
}

function isWords(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.length <= 200 && value.every((one) => typeof one === "string");
}

// A list of texts reads as lines.
function Field({ value, lines }: { value: unknown; lines: number }) {
  return isWords(value) ? <LongText text={value.join("\n")} lines={lines} /> : <Value value={value} lines={lines} width={46} />;
}

/** Words shows what a model has said: text, or the fields of an object that it was asked for. */
export function Words({ text, lines, cut, rest }: { text: string; lines: number; cut?: number | undefined; rest?: string | undefined }) {
  const inner = cut === undefined && text.length < 50_000 ? unwrap(text) : text;
  return typeof inner === "string" ? <LongText text={text} lines={lines} cut={cut} rest={rest} /> : <Fields value={inner} lines={lines} />;
}

/** Fields shows a small object as names and values, all else as Value does. */
export function Fields({ value, lines = 8, cut, rest }: { value: unknown; lines?: number; cut?: number | undefined; rest?: string | undefined }) {
  const inner = unwrap(value);
  const names = inner !== null && typeof inner === "object" && !Array.isArray(inner) ? Object.keys(inner) : [];
  if (isWords(inner)) return <LongText text={inner.join("\n")} lines={lines} cut={cut} rest={rest} />;
  if (!names.length || names.length > 16) return <Value value={inner} lines={lines} cut={cut} rest={rest} />;
  return (
    <dl class="fields">
      {names.map((name) => (
        <div key={name}>
          <dt>
            <bdi dir="auto">{name}</bdi>
          </dt>
          <dd>
            <Field value={(inner as Record<string, unknown>)[name]} lines={lines} />
          </dd>
        </div>
      ))}
      {cut !== undefined && rest && (
        <a class="link" href={rest} target="_blank" rel="noopener noreferrer">
          Open {bytes(cut)} as text
        </a>
      )}
    </dl>
  );
}

/** Raw shows JSON as it is. */
export function Raw({ value }: { value: unknown }) {
  let text = "";
  try {
    text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  } catch {
    text = asText(value, printLimit).text;
  }
  return <LongText text={text ?? ""} lines={0} mono />;
}

/** inline is a value in a line. */
export function inline(value: Json | undefined): string {
  return value === undefined ? "" : typeof value === "string" ? value : asText(value, 400).text;
}

/** Attributes is a table of names and values, a hundred at a time. */
export function Attributes({ list, rest }: { list: Attribute[]; rest?: string | undefined }) {
  const [shown, show] = useState(100);
  if (!list.length) return <p class="quiet-note">None.</p>;
  return (
    <>
      <table class="attrs">
        <tbody>
          {list.slice(0, shown).map((a, i) => (
            <tr key={i}>
              <th scope="row">
                <bdi dir="auto">{a.key}</bdi>
              </th>
              <td>
                <Value value={a.value} lines={3} width={40} cut={a.cut} rest={rest} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {list.length > shown && (
        <button class="link" type="button" onClick={() => show(shown + 100)}>
          {count(list.length - shown)} more
        </button>
      )}
    </>
  );
}
