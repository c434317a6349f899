import type { State } from "../api";
import { type Kind, kindNames } from "../kind";

/** Glyph shows a kind by its shape, then by its colour. */
export function Glyph({ kind, missing = false }: { kind: Kind; missing?: boolean }) {
  const label = missing ? "missing parent" : kindNames[kind];
  return (
    <svg class={`glyph g-${missing ? "missing" : kind}`} viewBox="0 0 12 12" role="img" aria-label={label}>
      {shape(kind, missing)}
    </svg>
  );
}

function shape(kind: Kind, missing: boolean) {
  if (missing) return <rect x="1.8" y="1.8" width="8.4" height="8.4" rx="2" class="hollow dashed" />;
  switch (kind) {
    case "model":
      return <circle cx="6" cy="6" r="5" />;
    case "tool":
      return <rect x="1.5" y="1.5" width="9" height="9" rx="0.5" />;
    case "retrieval":
      return <path d="M1 2h10L6 11z" />;
    case "agent":
      return <path d="M6 .6 11.4 6 6 11.4.6 6z" />;
    case "workflow":
      return <rect x="1.8" y="1.8" width="8.4" height="8.4" rx="2" class="hollow" />;
    case "step":
      return <circle cx="6" cy="6" r="2.4" class="hollow" />;
  }
}

const states: Record<Exclude<State, "ended"> | "error", string> = {
  running: "running",
  error: "error",
  broken_off: "broken off",
  root_missing: "root not received",
};

/** StateGlyph shows how far a trace has come; of one that has ended well it shows nothing. */
export function StateGlyph({ state, failed }: { state: State; failed: boolean }) {
  const name = state === "ended" ? (failed ? "error" : null) : state;
  if (!name) return null;
  return (
    <svg class={`glyph s-${name}`} viewBox="0 0 12 12" role="img" aria-label={states[name]}>
      {name === "running" && (
        <>
          <circle cx="6" cy="6" r="4.6" class="track" />
          <path d="M6 1.4A4.6 4.6 0 0 1 10.6 6" class="arc" />
        </>
      )}
      {name === "error" && <path d="m2 2 8 8M10 2l-8 8" class="stroke" />}
      {name === "broken_off" && <path d="M.5 6.4h4M7.5 5.6h4M4.4 9.4l3.2-6.8" class="stroke" />}
      {name === "root_missing" && <circle cx="6" cy="6" r="4.6" class="dots" />}
    </svg>
  );
}

/** Spinner stands where something is waited for. */
export function Spinner({ label }: { label: string }) {
  return (
    <svg class="glyph s-running" viewBox="0 0 12 12" role="img" aria-label={label || undefined} aria-hidden={label === ""}>
      <circle cx="6" cy="6" r="4.6" class="track" />
      <path d="M6 1.4A4.6 4.6 0 0 1 10.6 6" class="arc" />
    </svg>
  );
}
