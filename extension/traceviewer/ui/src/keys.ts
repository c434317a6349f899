// Keys: a registry from which the handler and the list of `?` are made. Off in
// fields, and where a person has switched them off.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useEvent } from "./hooks";

/** A key of a scope. */
export interface Key {
  /** keys is one key as KeyboardEvent.key has it, or two after each other: "j", "Enter", "g t". */
  keys: string;
  /** label says what it does; keys with the same label are one line of the list. "" hides it there. */
  label: string;
  run: (event: KeyboardEvent) => void;
}

interface Entry {
  scope: string;
  keys: () => readonly Key[];
}

const STORED = "otelcol-llm.keys";

const entries: Entry[] = [];

/** enabled is whether keys do anything; only ? and esc always do. */
export const enabled = signal(stored() !== "off");

function stored(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

/** setEnabled switches keys on or off, and keeps that. */
export function setEnabled(on: boolean): void {
  enabled.value = on;
  try {
    localStorage.setItem(STORED, on ? "on" : "off");
  } catch {
    // Without storage it lasts as long as the page.
  }
}

/** useKeys registers keys while the component is there. Those of later components win. */
export function useKeys(scope: string, keys: readonly Key[]): void {
  const latest = useEvent(() => keys);
  useEffect(() => {
    const entry: Entry = { scope, keys: latest };
    entries.push(entry);
    return () => {
      entries.splice(entries.indexOf(entry), 1);
    };
  }, [scope]);
}

/** registered lists what keys do now, by scope, for the list of `?`. */
export function registered(): { scope: string; lines: { keys: string[]; label: string }[] }[] {
  const scopes = new Map<string, Map<string, string[]>>();
  for (const entry of [...entries].reverse()) {
    const lines = scopes.get(entry.scope) ?? new Map<string, string[]>();
    scopes.set(entry.scope, lines);
    for (const key of entry.keys()) {
      if (key.label === "") continue;
      const same = lines.get(key.label);
      if (!same) lines.set(key.label, [key.keys]);
      else if (!same.includes(key.keys)) same.push(key.keys);
    }
  }
  return [...scopes].map(([scope, lines]) => ({ scope, lines: [...lines].map(([label, keys]) => ({ keys, label })) }));
}

/** A field takes letters as text. */
export function inField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type);
}

/** What takes Enter and the space bar by itself. */
function activates(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("a[href], button, summary, input, [role=menuitem], [role=option]") !== null;
}

const SEQUENCE_MS = 1200;

let first = "";
let firstAt = 0;

function find(keys: string): Key | undefined {
  for (let i = entries.length - 1; i >= 0; i--) {
    const key = entries[i]?.keys().find((one) => one.keys === keys);
    if (key) return key;
  }
  return undefined;
}

function begins(key: string): boolean {
  return entries.some((entry) => entry.keys().some((one) => one.keys.startsWith(`${key} `)));
}

function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (inField(event.target) || document.querySelector("dialog[open]")) return;
  const pair = first !== "" && event.timeStamp - firstAt < SEQUENCE_MS ? `${first} ${event.key}` : "";
  first = "";
  const key = (pair ? find(pair) : undefined) ?? find(event.key);
  const always = key && (key.keys === "?" || key.keys === "Escape");
  if (!enabled.value && !always) return;
  if (event.key === "Enter" && activates(event.target)) return;
  if (key) {
    event.preventDefault();
    key.run(event);
  } else if (begins(event.key)) {
    first = event.key;
    firstAt = event.timeStamp;
  }
}

/** start begins to listen. */
export function start(): void {
  document.addEventListener("keydown", pressed);
}
