// What stands above and below the tree.

import type { RefObject } from "preact";
import { Kbd } from "../../components/Kbd";
import { count } from "../../format";
import { cycle } from "./find";
import { type Model, longFrom } from "./model";
import { type Place, allRunsOpen } from "./place";

/** Toolbar switches what the tree shows, and finds in it. */
export function Toolbar({ model, place, narrow, finder }: { model: Model; place: Place; narrow: boolean; finder: RefObject<HTMLInputElement> }) {
  const { options, set } = place;
  const { mode, byCost, showPath } = options;
  return (
    <>
      <div class="segments" role="group" aria-label="Width of the bars">
        <button type="button" aria-pressed={mode === "time"} onClick={() => set({ mode: "time" })}>
          Time
        </button>
        <button type="button" aria-pressed={mode === "dollars"} onClick={() => set({ mode: "dollars" })}>
          Dollars
        </button>
      </div>
      {!narrow &&
        (mode === "dollars" ? (
          <button class="button" type="button" aria-pressed={byCost} onClick={() => set({ byCost: !byCost })}>
            Sort by cost <Kbd keys="o" />
          </button>
        ) : model.display.runs.size > 0 && model.tree.nodes.length > longFrom ? (
          <button class="button" type="button" onClick={place.unfoldRuns}>
            {allRunsOpen(model, place.open) ? "Fold runs" : "Unfold runs"} <Kbd keys="u" />
          </button>
        ) : (
          <button class="button" type="button" aria-pressed={showPath} onClick={() => set({ showPath: !showPath })}>
            Critical path <Kbd keys="c" />
          </button>
        ))}
      {!narrow && <Finder place={place} finder={finder} />}
    </>
  );
}

function Finder({ place, finder }: { place: Place; finder: RefObject<HTMLInputElement> }) {
  const { text } = place.options;
  const keydown = (event: KeyboardEvent) => {
    if (event.key === "Enter") {
      event.preventDefault();
      place.show(cycle([...place.matches], place.current, event.shiftKey ? -1 : 1), "No match");
      // From here on n and N go on.
      if (place.matches.size) document.querySelector<HTMLElement>(".wf")?.focus();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      place.set({ text: "" });
      finder.current?.blur();
    }
  };
  return (
    <span class="finder">
      <input
        ref={finder}
        class="field"
        type="text"
        aria-label="Find in this trace"
        placeholder="Find"
        value={text}
        onInput={(event) => place.set({ text: event.currentTarget.value })}
        onKeyDown={keydown}
      />
      {text ? (
        <span class="quiet" role="status">
          {count(place.matches.size)}
        </span>
      ) : (
        <Kbd keys="f" />
      )}
    </span>
  );
}

const kinds = ["model", "tool", "agent", "workflow", "step"];

/** Legend says what the shapes are, and a few keys. */
export function Legend({ model, callsOnly }: { model: Model; callsOnly: boolean }) {
  const gaps = model.hasGaps, runs = model.display.runs.size > 0, missing = model.tree.roots.some((n) => !n.span);
  const folded = gaps || runs || missing;
  return (
    <div class="foot legend">
      {!folded &&
        kinds.map((kind) => (
          <span key={kind}>
            <i class={`l-${kind}`} /> {kind}
          </span>
        ))}
      {!folded && (
        <span>
          <i class="l-wait" /> to first token
        </span>
      )}
      {gaps && (
        <span>
          <i class="l-gap" /> nothing happened, folded
        </span>
      )}
      {runs && (
        <span>
          <b>×n</b> spans folded into one row
        </span>
      )}
      {missing && (
        <span>
          <i class="l-missing" /> parent missing
        </span>
      )}
      <span class="hint end">
        <Kbd keys="e" /> next error
      </span>
      <span class="hint">
        <Kbd keys="$" /> most expensive
      </span>
      {!(gaps && runs && missing) && (
        <span class="hint">
          <Kbd keys="m" /> {callsOnly ? "all spans" : "model calls only"}
        </span>
      )}
    </div>
  );
}
