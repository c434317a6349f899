import type { Cost } from "../api";
import { costKind, costText, dollarParts, plural } from "../format";

interface Props {
  usd: number;
  /** column aligns the decimal points of a column: six decimals, or the two of sums. */
  column?: "list" | "sum" | undefined;
  decimals?: number;
  /** strong is for figures that stand alone, whatever their size. */
  strong?: boolean;
}

/** Money writes dollars: leading zeros grey, weight by size. */
export function Money({ usd, column, decimals, strong = false }: Props) {
  const parts = dollarParts(usd, decimals ?? (column === "sum" && Math.abs(usd) >= 0.005 ? 2 : undefined));
  const lead = parts.leading;
  const inWhole = Math.min(lead, parts.whole.length);
  const inFraction = Math.max(0, lead - parts.whole.length);
  const size = strong ? "m3" : Math.abs(usd) >= 1 ? "m3" : Math.abs(usd) >= 0.01 ? "m2" : "m1";
  return (
    <span class={`money ${size}${column ? ` m-${column}` : ""}`}>
      <span class="mw">
        {parts.below ? "<" : ""}
        {inWhole > 0 && <span class="m0">{parts.whole.slice(0, inWhole)}</span>}
        {parts.whole.slice(inWhole)}
      </span>
      <span class="mf">
        {inFraction > 0 && <span class="m0">{parts.fraction.slice(0, inFraction)}</span>}
        {parts.fraction.slice(inFraction)}
      </span>
    </span>
  );
}

/** CostCell writes a cost that may be unknown: never $0 for that. */
export function CostCell({ cost, column, strong }: { cost: Cost; column?: "list" | "sum"; strong?: boolean }) {
  const kind = costKind(cost);
  switch (kind) {
    case "none":
      return null;
    case "exact":
      return <Money usd={cost.usd ?? 0} column={column} strong={strong ?? false} />;
    case "at_least":
      return (
        <span class="atleast" title={`${plural(cost.unpriced, "call")} of ${cost.calls} ${cost.unpriced === 1 ? "has" : "have"} no price`}>
          <span class="geq" aria-label="at least">
            ≥
          </span>
          <Money usd={cost.usd ?? 0} column={column} strong={strong ?? false} />
        </span>
      );
    case "unpriced":
    case "local":
      return (
        <span
          class={`money m-word ${kind}${column ? ` m-${column}` : ""}`}
          title={kind === "local" ? "on a machine of your own, costs nothing" : `${plural(cost.unpriced || cost.calls, "call")} without a price`}
        >
          {costText(cost)}
        </span>
      );
  }
}
