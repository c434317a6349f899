// The arithmetic of a cost: "why" beside the number.

import type { Receipt as ReceiptData, ReceiptLine, Span } from "../../api";
import { Copy } from "../../components/Copy";
import { Money } from "../../components/Money";
import { Text } from "../../components/Text";
import { count, dollars, percent } from "../../format";
import { useNarrow } from "../../hooks";

const buckets: Record<string, [string, string]> = {
  cache_read: ["From the cache", "b-cached"],
  cache_write: ["Written to the cache", "b-write"],
  cache_write_5m: ["Written to the cache, 5 min", "b-write"],
  cache_write_1h: ["Written to the cache, 1 h", "b-write"],
  input: ["Input", "b-input"],
  reasoning: ["Reasoning", "b-reasoning"],
  output: ["Output", "b-output"],
};

function bucketOf(bucket: string): [string, string] {
  const known = buckets[bucket];
  if (known) return known;
  const words = bucket.replaceAll("_", " ");
  return [words.charAt(0).toUpperCase() + words.slice(1), bucket.includes("output") ? "b-output" : "b-input"];
}

const order = ["cache_read", "cache_write", "cache_write_5m", "cache_write_1h", "input", "input_audio", "reasoning", "output"];

function rank(line: ReceiptLine): number {
  const at = order.indexOf(line.bucket);
  return at < 0 ? (line.bucket.includes("output") ? order.length : 5.5) : at;
}

/** linesOf are the lines of a receipt in order, or the tokens alone where there is none. */
export function linesOf(span: Span): ReceiptLine[] {
  const lines = span.receipt?.lines ?? [];
  if (lines.length) return [...lines].filter((line) => line.tokens > 0 || line.usd).sort((a, b) => rank(a) - rank(b));
  const t = span.tokens;
  if (!t) return [];
  const rest = { per_million: null, usd: null };
  return [
    { bucket: "cache_read", tokens: t.cache_read, ...rest },
    { bucket: "cache_write", tokens: t.cache_write, ...rest },
    { bucket: "input", tokens: Math.max(0, t.input - t.cache_read - t.cache_write), ...rest },
    { bucket: "reasoning", tokens: t.reasoning, ...rest },
    { bucket: "output", tokens: Math.max(0, t.output - t.reasoning), ...rest },
  ].filter((line) => line.tokens > 0);
}

function isOutput(line: ReceiptLine): boolean {
  return line.bucket.includes("output") || line.bucket === "reasoning";
}

/** TokenBar shows buckets by their size; input and output stand apart. */
export function TokenBar({ lines }: { lines: ReceiptLine[] }) {
  const counted = lines.filter((line) => line.tokens > 0);
  if (!counted.length) return null;
  const text = counted.map((line) => `${bucketOf(line.bucket)[0]} ${count(line.tokens)}`).join(", ");
  return (
    <div class="tokenbar" role="img" aria-label={`Tokens: ${text}`}>
      {counted.map((line, i) => {
        const apart = i > 0 && isOutput(line) && !isOutput(counted[i - 1]!);
        return <span key={line.bucket} class={`${bucketOf(line.bucket)[1]}${apart ? " apart" : ""}`} style={{ flexGrow: line.tokens }} title={`${bucketOf(line.bucket)[0]}: ${count(line.tokens)}`} />;
      })}
    </div>
  );
}

function perMillion(usd: number): string {
  const text = usd >= 0.1 || usd === 0 ? usd.toFixed(2) : usd.toFixed(4).replace(/0$/, "");
  return `$${Math.abs(Number(text) - usd) < 1e-9 ? text : String(Number(usd.toPrecision(6)))}`;
}

/** isLocal says that a call ran on a machine of the user's own, which nobody charges for. */
export function isLocal(span: Span): boolean {
  return (span.receipt?.status ?? span.cost_status) === "local";
}

/** ReceiptView is the section Cost of a span. */
export function ReceiptView({ span }: { span: Span }) {
  const receipt = span.receipt;
  const narrow = useNarrow();
  const lines = linesOf(span);
  const usd = receipt?.usd ?? span.usd ?? null;
  const local = isLocal(span);
  const priced = usd !== null && !local;
  const inputPrice = lines.find((line) => line.bucket === "output")?.per_million;
  return (
    <>
      <TokenBar lines={lines} />
      {lines.length > 0 && (
        <table class="receipt">
          <thead class="sr">
            <tr>
              <th>Tokens</th>
              <th>Count</th>
              <th>Price</th>
              <th>Note</th>
              <th>Dollars</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.bucket}>
                <th scope="row">
                  <span class={`swatch ${bucketOf(line.bucket)[1]}`} aria-hidden="true" />
                  {bucketOf(line.bucket)[0]}
                </th>
                <td class="n">{count(line.tokens)}</td>
                <td class="price">{line.per_million !== null && !local ? `× ${perMillion(line.per_million)} / M` : priced || local ? "" : <span class="warn">× no price</span>}</td>
                <td class="price">
                  {line.saved_usd ? (line.saved_usd > 0 ? `saved ${dollars(line.saved_usd)}` : `${dollars(-line.saved_usd)} more`) : line.bucket === "reasoning" && line.per_million === inputPrice && priced ? "billed as output" : ""}
                </td>
                <td class="n">{line.usd !== null && !local ? <Money usd={line.usd} decimals={7} /> : priced || local ? "" : <span class="quiet">?</span>}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" class={priced || local ? "" : "warn"}>
                {priced ? "Total" : local ? "Local" : "Unpriced"}
              </th>
              <td colSpan={narrow ? 2 : 3} class="price saved">
                {receipt?.saved_usd && usd !== null ? (receipt.saved_usd > 0 ? `cache saved ${percent(receipt.saved_usd / (receipt.saved_usd + usd))}` : `writing the cache cost ${dollars(-receipt.saved_usd)}`) : ""}
              </td>
              <td class="n">{priced && <Money usd={usd} decimals={7} />}</td>
            </tr>
          </tfoot>
        </table>
      )}
      {!lines.length && priced && (
        <p class="receipt-only">
          <Money usd={usd} decimals={7} strong />
        </p>
      )}
      {receipt && <Source receipt={receipt} />}
    </>
  );
}

/** sourceOf says in a line where the price and the counts come from. */
export function sourceOf(receipt: Pick<ReceiptData, "source" | "tokens_source">): string {
  return [receipt.source, receipt.tokens_source].filter((text) => text).map((text) => text.replace(/\.$/, "")).join(" · ");
}

function Source({ receipt }: { receipt: ReceiptData }) {
  const words = sourceOf(receipt);
  return (
    <>
      {words && (
        <p class="source">
          <Text text={words} />
        </p>
      )}
      {receipt.usd !== null && !receipt.exact && receipt.lines.some((line) => line.usd !== null) && (
        <p class="source">Today’s prices do not lead to this sum: it was priced when it was received.</p>
      )}
      {receipt.remedy && (
        <p class="source">
          <Text text={receipt.remedy} />
        </p>
      )}
      {receipt.remedy_yaml && (
        <div class="yaml">
          <pre>
            <Text text={receipt.remedy_yaml} />
          </pre>
          <Copy text={receipt.remedy_yaml} />
        </div>
      )}
    </>
  );
}
