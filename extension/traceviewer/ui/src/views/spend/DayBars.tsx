import { useEffect, useRef, useState } from "preact/hooks";
import { count, dayName, dollars, sumDollars } from "../../format";
import { to } from "../../router";
import { visible } from "../../components/Text";
import { type Bar, TONES, tickLabels, ticks } from "./bars";
import type { Dimension } from "./dimensions";
import { dayStart, nextDay, shortDay, weekday } from "./period";

interface Props {
  bars: Bar[] | undefined;
  today: string;
  /** keys are those of the table, the most expensive first. */
  keys: readonly string[];
  by: Dimension;
  only: string | null;
}

const HEIGHT = 152;
const TOP = 22;
const FOOT = 24;
const LEFT = 36;

/** Bars are the dollars of each day, stacked by key. Arrow keys go from day to day, Enter opens its traces. */
export function Bars({ bars, today, keys, by, only }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [at, setAt] = useState(-1);
  const most = Math.max(0, ...(bars ?? []).map((bar) => bar.usd));
  const lines = ticks(most);
  const labels = tickLabels(lines);
  const left = Math.max(LEFT, Math.max(0, ...labels.map((label) => label.length)) * 6.6 + 8);
  const n = bars?.length ?? 1;
  const slot = Math.max(4, (width - left) / n);
  const wide = Math.min(46, Math.max(3, slot * 0.66));
  const x = (i: number) => left + i * slot + (slot - wide) / 2;
  const y = (usd: number) => (most > 0 ? TOP + HEIGHT * (1 - usd / most) : TOP + HEIGHT);
  const last = bars?.findIndex((bar) => bar.day === today) ?? -1;
  const focus = at >= 0 && at < n ? at : last >= 0 ? last : n - 1;
  const shown = bars?.[at];
  const tone = only === null ? -1 : toneOf(keys, only);
  const peak = bars && most > 0 ? bars.findIndex((bar) => bar.usd === most) : -1;

  const keydown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step ? focus + step : event.key === "Home" ? 0 : event.key === "End" ? n - 1 : -1;
    if (next < 0 || next >= n) return;
    event.preventDefault();
    setAt(next);
    box.current?.querySelectorAll<SVGAElement>("a")[next]?.focus();
  };

  return (
    <div class="bars" ref={box} onKeyDown={keydown} onPointerLeave={() => setAt(-1)}>
      <svg width={width} height={TOP + HEIGHT + FOOT} role="group" aria-label={`Dollars a day, by ${by.label.toLowerCase()}`}>
        {lines.map((usd, i) => (
          <g key={usd} aria-hidden="true">
            <line x1={left} x2={width} y1={y(usd) + 0.5} y2={y(usd) + 0.5} class="tick" />
            <text x={0} y={y(usd) - 4} class="label">
              {labels[i]}
            </text>
          </g>
        ))}
        <line x1={left} x2={width} y1={TOP + HEIGHT + 0.5} y2={TOP + HEIGHT + 0.5} class="tick" />
        {bars?.map((bar, i) => (
          <a
            key={bar.day}
            class={`bar${bar.day === today ? " today" : ""}${i === at ? " on" : ""}`}
            href={to(["traces"], { since: dayStart(bar.day).toISOString(), until: dayStart(nextDay(bar.day)).toISOString(), order: "cost" })}
            tabIndex={i === focus ? 0 : -1}
            aria-label={inWords(bar, today, by)}
            onFocus={() => setAt(i)}
            onPointerEnter={() => setAt(i)}
          >
            <rect class="hit" x={left + i * slot} y={0} width={slot} height={TOP + HEIGHT + FOOT} />
            {stack(bar, x(i), wide, y, tone)}
          </a>
        ))}
        <g aria-hidden="true" class="words">
          {bars?.[peak] && (
            <text class="peak" x={anchor(x(peak) + wide / 2, width, sumDollars(most).length * 3.8)} y={y(most) - 7} text-anchor="middle">
              {sumDollars(most)}
            </text>
          )}
          {bars?.map(
            (bar, i) =>
              labelled(i, n, bar.day === today, last, slot) && (
                <text key={bar.day} class="label" x={anchor(x(i) + wide / 2, width)} y={TOP + HEIGHT + 17} text-anchor="middle">
                  {bar.day === today ? "today" : shortDay(bar.day)}
                </text>
              ),
          )}
        </g>
      </svg>
      <p class="readout" aria-hidden="true">
        {shown ? <Readout bar={shown} today={today} keys={keys} by={by} /> : most > 0 ? "" : bars ? "No call with a price in this time." : ""}
      </p>
    </div>
  );
}

function anchor(x: number, width: number, half = 22): number {
  return Math.min(width - half, Math.max(half, x));
}

/** A label about every seventh day, none that touches another. */
function labelled(i: number, n: number, isToday: boolean, today: number, slot: number): boolean {
  if (isToday) return true;
  const every = Math.max(Math.ceil(64 / slot), n > 10 ? 7 : 1);
  return i % every === 0 && (today < 0 || Math.abs(i - today) * slot > 52);
}

function stack(bar: Bar, x: number, wide: number, y: (usd: number) => number, only: number) {
  let sum = 0;
  return bar.pieces.map((piece) => {
    const bottom = y(sum);
    sum += piece.usd;
    const top = y(sum);
    const tall = Math.max(bar.usd > 0 ? 1 : 0, bottom - top - 1);
    return <rect key={piece.tone} class={`tone t${only >= 0 && piece.tone !== only ? "off" : piece.tone}`} x={x} y={bottom - tall} width={wide} height={tall} />;
  });
}

/** toneOf is the tone of a key: the first have their own. */
export function toneOf(keys: readonly string[], key: string): number {
  const at = keys.indexOf(key);
  return at < 0 ? TONES : Math.min(at, TONES);
}

function inWords(bar: Bar, today: string, by: Dimension): string {
  const name = bar.day === today ? "today" : `${weekday(bar.day)} ${shortDay(bar.day)}`;
  if (bar.calls === 0) return `${name}: no calls`;
  const parts = bar.keys.slice(0, 3).map((one) => `${one.key || by.none} ${dollars(one.usd)}`);
  return visible(`${name}: ${dollars(bar.usd)}${bar.unpriced ? `, and ${count(bar.unpriced)} calls without a price` : ""}${parts.length ? `; ${parts.join(", ")}` : ""}`);
}

function Readout({ bar, today, keys, by }: { bar: Bar; today: string; keys: readonly string[]; by: Dimension }) {
  return (
    <>
      <b>{bar.day === today ? "Today" : dayName(bar.day, Date.now(), undefined, true)}</b>
      <span>{bar.calls === 0 ? "no calls" : <b>{sumDollars(bar.usd)}</b>}</span>
      {bar.keys.slice(0, 4).map((one) => (
        <span key={one.key}>
          <i class={`swatch t${toneOf(keys, one.key)}`} />
          <bdi>{visible(one.key) || by.none}</bdi> {sumDollars(one.usd)}
        </span>
      ))}
      {bar.keys.length > 4 && <span>{count(bar.keys.length - 4)} more</span>}
      {bar.unpriced > 0 && <span class="warn">{count(bar.unpriced)} unpriced</span>}
    </>
  );
}

function useWidth(box: { current: HTMLElement | null }): number {
  const [width, set] = useState(() => Math.max(300, innerWidth - 32));
  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => set(Math.floor(entry?.contentRect.width ?? 600)));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return width;
}
