import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { type Page, type Params, type TraceSummary, type Value, now } from "../api";
import { Kbd } from "../components/Kbd";
import { Menu, MenuItem } from "../components/Menu";
import { Text } from "../components/Text";
import { count, dollars, tokens } from "../format";
import { useEvent, useFetch } from "../hooks";
import { useKeys } from "../keys";
import { here, navigate } from "../router";
import {
  type Field, type Token, apiParams, ownFirst, presets, sentence, timeOf, tokensOf, traceFields, typed, valueOf, withFilter, withTime, withoutFilter,
} from "./fields";

/** A figure of the data that may be of use as a filter: p95 is 31.2 s. */
export interface Hint {
  label: string;
  shown: string;
  value: string;
}

interface Props {
  fields?: readonly Field[];
  /** hints are figures for a field of numbers. */
  hints?: (field: Field) => readonly Hint[];
  /** time stands in place of the choice of when traces started; null leaves it out. */
  time?: ComponentChildren;
}

/** go changes the query of the current address. */
export function go(query: URLSearchParams): void {
  const text = query.toString();
  navigate(here.value.pathname + (text ? `?${text}` : ""));
}

/** FilterBar holds the filters of the URL as tokens, and adds others. */
export function FilterBar({ fields = traceFields, hints, time }: Props) {
  const query = here.value.searchParams;
  const tokens = tokensOf(query, fields);
  const [editing, edit] = useState<Token | "new" | null>(null);
  const button = useRef<HTMLButtonElement>(null);

  useKeys("lists", [{ keys: "f", label: "filter", run: () => edit("new") }]);

  const done = useEvent((focus: boolean) => {
    edit(null);
    if (focus) setTimeout(() => button.current?.focus());
  });

  const apply = (field: Field, value: string) => {
    const base = editing && editing !== "new" ? withoutFilter(query, editing) : query;
    edit(null);
    go(withFilter(base, field, value));
    setTimeout(() => button.current?.focus());
  };

  return (
    <div class="filters" role="group" aria-label="Filters">
      {time === undefined ? <TimeToken query={query} /> : time}
      {tokens.map((token) =>
        editing === token || (editing !== "new" && editing?.field === token.field && editing.value === token.value) ? (
          <Box key="edit" {...{ fields, hints, tokens, apply, done }} start={token} />
        ) : (
          <span class="token" key={token.field.param + token.value}>
            <button type="button" aria-label={`Change ${sentence(token)}`} onClick={() => edit(token)}>
              {token.label} {token.op} <b>{<Text text={token.text} quiet />}</b>
            </button>
            <button class="x" type="button" aria-label={`Drop ${sentence(token)}`} onClick={() => go(withoutFilter(query, token))}>
              ×
            </button>
          </span>
        ),
      )}
      {editing === "new" ? (
        <Box key="new" {...{ fields, hints, tokens, apply, done }} />
      ) : (
        <button class="add" ref={button} type="button" onClick={() => edit("new")}>
          + Filter <Kbd keys="f" />
        </button>
      )}
    </div>
  );
}

function TimeToken({ query }: { query: URLSearchParams }) {
  const last = query.get("last") ?? "";
  const own = !presets[last] && (query.has("since") || query.has("until"));
  const choose = (time: Record<string, string>) => go(withTime(query, time));
  return (
    <Menu
      class="token time"
      label={
        <>
          started {own ? "" : last ? "in " : ""}
          <b>{timeOf(query)}</b> <span class="caret">▾</span>
        </>
      }
      name="Started"
    >
      {(close) => (
        <>
          {Object.entries(presets).map(([value, label]) => (
            <MenuItem key={value} checked={value === last} onSelect={() => (close(), choose({ last: value }))}>
              {label}
            </MenuItem>
          ))}
          <MenuItem checked={!last && !own} onSelect={() => (close(), choose({}))}>
            any time
          </MenuItem>
        </>
      )}
    </Menu>
  );
}

interface Choice {
  id: string;
  main: string;
  /** rest stands behind main in a lighter weight. */
  rest?: string;
  note: string;
  run: () => void;
}

interface BoxProps {
  fields: readonly Field[];
  hints: Props["hints"];
  tokens: readonly Token[];
  start?: Token;
  apply: (field: Field, value: string) => void;
  done: (focus: boolean) => void;
}

/** Box is the field that a filter is typed into, with what it may become. */
function Box({ fields, hints, tokens: present, start, apply, done }: BoxProps) {
  const [chosen, choose] = useState<{ field: Field; name: string } | null>(start ? { field: start.field, name: start.label } : null);
  const [text, setText] = useState(start && start.field.unit === "text" && !start.field.words ? start.text : "");
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const id = useId();

  const parsed = chosen ? undefined : typed(text, fields);
  const field = chosen?.field ?? parsed?.fields[0];
  const rest = chosen ? text : (parsed?.rest ?? text);
  const others = apiParams(without(start), now(), fields);
  const data = useValues(field, chosen?.name ?? "", rest, others);
  const dearest = useDearest(field, others);
  const choices = field ? valueChoices() : fieldChoices();

  function pick(to: Field, name = to.label) {
    choose({ field: to, name });
    setText("");
    setAt(0);
    input.current?.focus();
  }

  function fieldChoices(): Choice[] {
    const prefix = text.trim().toLowerCase();
    const list: Choice[] = fields
      .filter((one) => one.param !== "attribute" && one.label.includes(prefix))
      .map((one) => ({ id: one.param, main: one.label, rest: one.words ? "is …" : `${one.op} …`, note: one.note, run: () => pick(one) }));
    const attribute = fields.find((one) => one.param === "attribute");
    if (attribute) {
      for (const value of ownFirst(data).slice(0, prefix ? 8 : 4)) {
        list.push({ id: `a ${value.value}`, main: value.value, note: `attribute of ${count(value.traces)} traces`, run: () => pick(attribute, value.value) });
      }
    }
    for (const one of prefix ? fields : []) {
      for (const [value, name] of Object.entries(one.words ?? {})) {
        if (name.includes(prefix)) list.push({ id: `w ${value}`, main: one.label, rest: `is ${name}`, note: "", run: () => apply(one, value) });
      }
    }
    const words = fields.find((one) => one.param === "text");
    if (words && prefix) list.push({ id: "text", main: "text", rest: `contains “${text.trim()}”`, note: words.note, run: () => apply(words, text.trim()) });
    return list;
  }

  function valueChoices(): Choice[] {
    if (!field) return [];
    const label = chosen?.name ?? field.label;
    const list: Choice[] = [];
    if (field.words) {
      for (const [value, name] of Object.entries(field.words)) {
        if (name.includes(rest.trim().toLowerCase())) list.push({ id: value, main: name, note: "", run: () => apply(field, value) });
      }
      return list;
    }
    const value = valueOf(field, rest);
    const exact = data.some((one) => one.value === rest.trim());
    for (const one of data) {
      list.push({
        id: `v ${one.value}`, main: one.value === "" ? "(empty)" : one.value, note: `${count(one.traces)} ${one.traces === 1 ? "trace" : "traces"}`,
        run: () => apply(field, field.param === "attribute" ? `${label}=${one.value}` : one.value),
      });
    }
    if (value !== undefined && !exact && field.param !== "attribute") {
      list.push({ id: "typed", main: label, rest: `${field.op} ${tokensOf(new URLSearchParams({ [field.param]: value }), fields)[0]?.text ?? value}`, note: data.length > 0 ? "as typed" : "", run: () => apply(field, value) });
    }
    if (field.param === "attribute" && rest.trim() && !exact) {
      list.push({ id: "typed", main: label, rest: `is ${rest.trim()}`, note: "as typed", run: () => apply(field, `${label}=${rest.trim()}`) });
    }
    for (const hint of [...dearest, ...(hints?.(field) ?? [])]) {
      list.push({ id: hint.label, main: hint.label, rest: hint.shown, note: `${label} ${field.op} ${hint.shown}`, run: () => apply(field, hint.value) });
    }
    return list;
  }

  const active = Math.min(at, choices.length - 1);

  useEffect(() => {
    input.current?.focus();
    input.current?.select();
    const outside = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) done(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, []);

  useEffect(() => {
    box.current?.querySelector(".on")?.scrollIntoView({ block: "nearest" });
  }, [active]);

  const keydown = (event: KeyboardEvent) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move) setAt((active + move + choices.length) % Math.max(1, choices.length));
    else if (event.key === "Enter") choices[active]?.run();
    else if (event.key === "Tab" && !event.shiftKey && choices[active] && !field) choices[active]?.run();
    else if (event.key === "Escape") done(true);
    else if (event.key === "Backspace" && text === "") {
      if (chosen) choose(null);
      else {
        const last = present.at(-1);
        if (last) go(withoutFilter(here.value.searchParams, last));
      }
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="filter-box" ref={box} onKeyDown={keydown}>
      <label class="field">
        {chosen && (
          <span>
            {chosen.name} {chosen.field.op}
          </span>
        )}
        <input
          ref={input}
          value={text}
          role="combobox"
          aria-label={chosen ? `${chosen.name} ${chosen.field.op}` : "Filter"}
          aria-expanded={choices.length > 0}
          aria-controls={id}
          aria-autocomplete="list"
          aria-activedescendant={choices[active] ? `${id}-${active}` : undefined}
          autocomplete="off"
          spellcheck={false}
          placeholder={chosen?.field.unit === "duration" ? "10s" : chosen?.field.unit === "dollars" ? "$5" : ""}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
        />
      </label>
      <div class="menu at-start">
        <div id={id} role="listbox" aria-label="Filters">
          {choices.map((one, i) => (
            <div
              key={one.id}
              id={`${id}-${i}`}
              role="option"
              aria-selected={i === active}
              class={`menu-item${i === active ? " on" : ""}`}
              onPointerMove={() => setAt(i)}
              onClick={one.run}
            >
              <span>
                <b>
                  <Text text={one.main} quiet />
                </b>
                {one.rest && <span> {one.rest}</span>}
              </span>
              <span class="menu-note">{one.note}</span>
            </div>
          ))}
        </div>
        {choices.length === 0 && <div class="menu-item menu-note">{hintFor(field)}</div>}
        <div class="menu-keys">
          <Kbd keys="ArrowUp ArrowDown" /> choose <Kbd keys="Tab" /> complete <Kbd keys="Escape" /> close
        </div>
      </div>
    </div>
  );
}

function without(start: Token | undefined): URLSearchParams {
  return start ? withoutFilter(here.value.searchParams, start) : here.value.searchParams;
}

function hintFor(field: Field | undefined): string {
  if (!field) return "No field has this name.";
  return { dollars: "An amount, such as $5", duration: "A duration, such as 10s or 1m30s", tokens: "A count, such as 50k", count: "A count", text: "No value begins like this." }[field.unit];
}

const TOP = 10;

/** useDearest says from where on a trace is among the most expensive, or has the most tokens. */
function useDearest(field: Field | undefined, others: Params): Hint[] {
  const order = { min_cost: "cost", min_tokens: "tokens" }[field?.param ?? ""];
  const { data } = useFetch<Page<TraceSummary>>(order ? "/traces" : null, { ...others, order, limit: TOP });
  const last = data?.items?.at(-1);
  if (!field || !order || !last) return [];
  // Rounded down: the last of them is among them.
  const value = order === "cost" ? Math.floor((last.cost.usd ?? 0) * 1e6) / 1e6 : last.tokens.input + last.tokens.output;
  if (value <= 0) return [];
  const label = `the ${data?.items.length} ${order === "cost" ? "most expensive" : "with most"} from`;
  return [{ label, shown: order === "cost" ? dollars(value) : tokens(value), value: String(value) }];
}

/** useValues asks for what the data has: names of attributes before a field is chosen, then values of it. */
function useValues(field: Field | undefined, name: string, rest: string, others: Params): readonly Value[] {
  const prefix = rest.trim();
  let path: string | null = null;
  if (!field) path = "/values/attribute";
  else if (field.param === "attribute") path = `/values/${encodeURIComponent(`attribute:${name}`)}`;
  else if (field.unit === "text" && !field.words && field.param !== "text") path = `/values/${field.param}`;
  const narrowed = { ...others };
  if (field) delete narrowed[field.param];
  const { data } = useFetch<Value[]>(path, { ...narrowed, prefix });
  return path && Array.isArray(data) ? data : [];
}
