import { useEffect, useRef, useState } from "preact/hooks";
import type { Spend, SpendRow } from "../../api";
import { CostCell, Money } from "../../components/Money";
import { Text } from "../../components/Text";
import { count, dollars, percent, sumDollars, tokens } from "../../format";
import { useEvent } from "../../hooks";
import { useKeys } from "../../keys";
import { here, setParams, to } from "../../router";
import { toneOf } from "./DayBars";
import { type Dimension, dimensions } from "./dimensions";
import type { Period } from "./period";

const STEP = 50;

/** Dimensions chooses what is added up; the URL holds it. */
export function Dimensions({ by, only }: { by: Dimension; only: string | null }) {
  const box = useRef<HTMLDivElement>(null);
  return (
    <div class="dimensions" ref={box}>
      <div class="segments" role="group" aria-label="Add up by">
        {dimensions.map((one) => {
          const query = new URLSearchParams(here.value.searchParams);
          query.delete("only");
          query.set("by", one.key);
          return (
            <a key={one.key} href={to(["spend"], query)} aria-current={one.key === by.key ? "true" : undefined}>
              {one.label}
            </a>
          );
        })}
      </div>
      {only === null ? (
        <span class="quiet wide">Click a row to colour only it</span>
      ) : (
        <button class="link" type="button" onClick={() => setParams({ only: undefined }, { replace: true })}>
          Colour all
        </button>
      )}
    </div>
  );
}

/** Table are the sums by key, the most expensive first. */
export function Table({ spend, by, only, period }: { spend: Spend; by: Dimension; only: string | null; period: Period }) {
  const [shown, show] = useState(STEP);
  useEffect(() => show(STEP), [by.key]);
  const { rows, total } = spend;
  const keys = rows.map((row) => row.keys?.[by.key] ?? "");
  const sum = total.cost.usd ?? 0;
  const provider = by.key === "model";
  const body = useRef<HTMLTableSectionElement>(null);
  const move = useEvent((step: number) => {
    const all = [...(body.current?.querySelectorAll<HTMLElement>("th button") ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[Math.max(0, Math.min(all.length - 1, at + step))]?.focus();
  });
  useKeys("spend", [
    { keys: "j", label: "move", run: () => move(1) },
    { keys: "k", label: "move", run: () => move(-1) },
  ]);
  return (
    <>
      <table class="sums-table">
        <thead>
          <tr>
            <th scope="col">{by.label}</th>
            {provider && (
              <th scope="col" class="hide-2">
                Provider
              </th>
            )}
            <Head name="Calls" class="hide-1" />
            <Head name="In" class="hide-1" />
            <Head name="Cached" class="hide-1" />
            <Head name="Saved" class="hide-2" />
            <Head name="A call" class="hide-2" />
            <td class="share-bar" />
            <th scope="col" class="n share">
              Share
            </th>
            <Head name="Cost" />
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.slice(0, shown).map((row, i) => (
            <Row key={`${keys[i]} ${row.keys?.provider}`} {...{ row, by, only, sum, period }} tone={toneOf(keys, keys[i] ?? "")} name={keys[i] ?? ""} most={rows[0]?.cost.usd ?? 0} />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">All</th>
            {provider && <td class="hide-2" />}
            <td class="n hide-1">{count(total.cost.calls)}</td>
            <td class="n hide-1" title={count(total.tokens.input)}>
              {tokens(total.tokens.input)}
            </td>
            <td class="n hide-1">{cached(total)}</td>
            <td class="n hide-2">{savedText(total)}</td>
            <td class="n hide-2" />
            <td class="share-bar" />
            <td class="share" />
            <td class="n">
              <CostCell cost={total.cost} column="sum" strong />
            </td>
          </tr>
        </tfoot>
      </table>
      {rows.length > shown && (
        <button class="link more" type="button" onClick={() => show(shown + STEP * 4)}>
          Show {count(Math.min(STEP * 4, rows.length - shown))} more of {count(rows.length - shown)}
        </button>
      )}
    </>
  );
}

function Head({ name, class: style = "" }: { name: string; class?: string }) {
  return (
    <th scope="col" class={`n ${style}`}>
      {name}
    </th>
  );
}

function cached(row: SpendRow): string {
  return row.tokens.cache_read > 0 && row.tokens.input > 0 ? percent(row.tokens.cache_read / row.tokens.input) : "";
}

function savedText(row: SpendRow): string {
  return row.saved_usd ? sumDollars(row.saved_usd) : "";
}

interface RowProps {
  row: SpendRow;
  by: Dimension;
  only: string | null;
  sum: number;
  tone: number;
  name: string;
  most: number;
  period: Period;
}

function Row({ row, by, only, sum, tone, name, most, period }: RowProps) {
  const usd = row.cost.usd ?? 0;
  const on = only === name;
  const select = () => setParams({ only: on ? undefined : name }, { replace: true });
  const priced = row.cost.calls - row.cost.unpriced - row.cost.local;
  return (
    <tr class={on ? "selected" : ""} onClick={(event) => !(event.target as Element).closest("a, button") && select()}>
      <th scope="row">
        <span class="key">
          <i class={`swatch t${only !== null && !on ? "off" : tone}`} />
          <button type="button" aria-pressed={on} onClick={select}>
            {name === "" ? <span class="quiet">{by.none}</span> : <Text text={name} quiet />}
          </button>
          {name !== "" && (
            <a class="open" href={to(["traces"], { [by.key]: name, since: period.since.toISOString(), until: period.until.toISOString(), order: "cost" })} aria-label={`Traces of ${name}`}>
              traces
            </a>
          )}
        </span>
      </th>
      {by.key === "model" && (
        <td class="hide-2">
          <Text text={row.keys?.provider ?? ""} quiet />
        </td>
      )}
      <td class="n hide-1">{count(row.cost.calls)}</td>
      <td class="n hide-1" title={`${count(row.tokens.input)} in, ${count(row.tokens.output)} out`}>
        {tokens(row.tokens.input)}
      </td>
      <td class="n hide-1">{cached(row)}</td>
      <td class="n hide-2">{savedText(row)}</td>
      <td class="n hide-2" title={usd > 0 && priced > 0 ? `of ${count(priced)} calls with a price` : undefined}>
        {usd > 0 && priced > 0 ? dollars(usd / priced) : ""}
      </td>
      <td class="share-bar" aria-hidden="true">
        {usd > 0 && most > 0 && <i class={`t${only !== null && !on ? "off" : tone}`} style={{ width: `${Math.max(1, (usd / most) * 100)}%` }} />}
      </td>
      <td class="n share">{usd > 0 && sum > 0 ? percent(usd / sum) : ""}</td>
      <td class="n">{row.cost.usd !== null && row.cost.unpriced === 0 && usd > 0 ? <Money usd={usd} column="sum" strong={usd >= 0.01} /> : <CostCell cost={row.cost} column="sum" />}</td>
    </tr>
  );
}
