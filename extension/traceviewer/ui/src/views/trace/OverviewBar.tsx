// The overview above a long trace.

import { useMemo } from "preact/hooks";
import { Money } from "../../components/Money";
import { clockMinutes, longDuration } from "../../format";
import { makeOverview } from "./overview";
import type { Model } from "./model";
import type { Place } from "./place";

const width = 280, height = 30;

/** OverviewBar shows all of a trace in unfolded time; a click goes there. */
export function OverviewBar({ model, place }: { model: Model; place: Place }) {
  const { trace, tree, running } = model;
  const goTo = (us: number) => {
    let index = 0;
    place.rows.forEach((row, i) => {
      const item = row.item?.node ?? row.item?.run;
      if (item && item.start <= us && row.depth <= 2) index = i;
    });
    place.scroll.current(index, "center");
  };
  const o = useMemo(() => makeOverview(tree, width), [tree]);
  const start = Date.parse(trace.start);
  const bars = o.bars.map((n, i) => (n ? `M${i} ${height}v-${((n / o.most) ** 0.5 * (height - 4)).toFixed(1)}` : "")).join("");
  const line = o.total > 0 ? o.dollars.map((d, i) => `${i ? "L" : "M"}${i} ${(height - 1 - (d / o.total) * (height - 2)).toFixed(1)}`).join("") : "";
  return (
    <div class="overview">
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label="When the spans began, and how the cost grew"
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          goTo(tree.start + ((event.clientX - box.left) / box.width) * (tree.end - tree.start));
        }}>
        <path class="bars" d={bars} />
        {line && <path class="line" d={line} vector-effect="non-scaling-stroke" />}
      </svg>
      <div class="overview-words">
        <span>{clockMinutes(start + tree.start / 1000)}</span>
        <span>
          all {longDuration(Math.round((tree.end - tree.start) / 1e6))}: bars are spans{o.total > 0 && <>, the line is dollars, <Money usd={o.total} strong /></>}
        </span>
        <span>{running ? "now" : clockMinutes(start + tree.end / 1000)}</span>
      </div>
    </div>
  );
}
