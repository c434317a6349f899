// What is shown as comma-separated values, after RFC 4180.
import type { SpendRow } from "../../api";

/** What a spreadsheet takes for a formula. */
const FORMULA = /^[\s\u00a0]*[=+\-@\uff0b\uff0d\uff1d\uff20]|^[\t\r\n]/;

/** cell writes one value. A text that a spreadsheet would calculate is kept from that by an apostrophe. */
export function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return Number.isFinite(value) ? plain(value) : "";
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n;\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** plain writes a number without an exponent, which some readers do not know, and without the dust of sums. */
function plain(value: number): string {
  if (Number.isInteger(value)) return value.toFixed(0);
  const text = String(Number(value.toPrecision(12)));
  return text.includes("e") ? value.toFixed(12).replace(/0+$/, "").replace(/\.$/, "") : text;
}

/** csv writes a table. */
export function csv(head: readonly string[], rows: readonly (readonly (string | number | null | undefined)[])[]): string {
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

const FIGURES = ["calls", "unpriced_calls", "local_calls", "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens", "errors", "saved_usd", "cost_usd"] as const;

/** spendCsv writes rows of Spend with the keys they were asked by. An unknown cost is an empty cell. */
export function spendCsv(keys: readonly string[], rows: readonly SpendRow[]): string {
  return csv(
    [...keys, ...FIGURES],
    rows.map((row) => [
      ...keys.map((key) => row.keys?.[key] ?? ""),
      row.cost.calls, row.cost.unpriced, row.cost.local,
      row.tokens.input, row.tokens.cache_read, row.tokens.cache_write, row.tokens.output, row.tokens.reasoning,
      row.errors, row.saved_usd, row.cost.usd,
    ]),
  );
}

/** download gives a file to the person. The mark at its beginning tells spreadsheets that it is UTF-8. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
