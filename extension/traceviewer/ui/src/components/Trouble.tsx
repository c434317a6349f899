import type { Fetched } from "../hooks";
import { Lost } from "./Lost";
import { ErrorState } from "./States";

/**
 * Trouble says once what keeps the parts of a view from being read. Where something was
 * loaded before, a lost connection is told as one.
 */
export function Trouble({ fetched, what }: { fetched: readonly Fetched<unknown>[]; what: string }) {
  const error = fetched.find((one) => one.error)?.error;
  const loaded = fetched.some((one) => one.data !== undefined);
  if (!error || (error.unreachable && loaded)) return <Lost />;
  return <ErrorState error={error} retry={() => fetched.forEach((one) => one.reload())} what={what} />;
}
