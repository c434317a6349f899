import { useEffect, useState } from "preact/hooks";
import { type TraceStats, get, now } from "../../api";
import { Kbd } from "../../components/Kbd";
import { Text } from "../../components/Text";
import { go } from "../../filters/FilterBar";
import { type Token, apiParams, sentence, timeOf, tokensOf, withTime, withoutFilter } from "../../filters/fields";
import { count, zone } from "../../format";
import { useKeys } from "../../keys";

interface Offer {
  words: string;
  query: URLSearchParams;
  traces: number;
}

/** NoMatch says which filter excludes most, and offers to drop it. */
export function NoMatch({ query }: { query: URLSearchParams }) {
  const [offer, setOffer] = useState<Offer | undefined>(undefined);
  const timed = query.has("last") || query.has("since") || query.has("until");

  useEffect(() => {
    const abort = new AbortController();
    void best(query, timed, abort.signal).then((found) => {
      if (!abort.signal.aborted) setOffer(found);
    });
    return () => abort.abort();
  }, [query.toString()]);

  useKeys("lists", offer ? [{ keys: "Backspace", label: `drop ${offer.words}`, run: () => go(offer.query) }] : []);

  return (
    <div class="empty" role="status">
      <p>
        <strong>No trace matches.</strong>{" "}
        {offer && offer.traces < 0 && "Nor without one of its filters."}
        {offer && offer.traces >= 0 && (
          <>
            Without “<Text text={offer.words} quiet />” there {offer.traces === 1 ? "is one" : `are ${count(offer.traces)}`}.
          </>
        )}
      </p>
      <p class="offers">
        {offer && (
          <button class="button" type="button" onClick={() => go(offer.query)}>
            <span>
              Drop <Text text={offer.words} quiet />
            </span>
            <Kbd keys="Backspace" />
          </button>
        )}
        {timed && query.get("last") !== "7d" && (
          <button class="button" type="button" onClick={() => go(withTime(query, { last: "7d" }))}>
            Last 7 days
          </button>
        )}
        {timed && (
          <button class="button" type="button" onClick={() => go(withTime(query, {}))}>
            Any time
          </button>
        )}
      </p>
    </div>
  );
}

/** Asking for each filter's share is bounded. */
const MOST = 8;

async function best(query: URLSearchParams, timed: boolean, signal: AbortSignal): Promise<Offer | undefined> {
  const offers = tokensOf(query)
    .slice(0, MOST)
    .map((token: Token) => ({ words: sentence(token), query: withoutFilter(query, token) }));
  if (timed) offers.push({ words: `started ${query.has("last") ? "in " : ""}${timeOf(query)}`, query: withTime(query, {}) });
  const found = await Promise.all(
    offers.map(async (one) => {
      try {
        const stats = await get<TraceStats>("/traces/stats", { ...apiParams(one.query, now()), order: "", zone }, signal);
        return { ...one, traces: stats.traces };
      } catch {
        return { ...one, traces: 0 };
      }
    }),
  );
  const single = found.filter((one) => one.traces > 0).sort((a, b) => b.traces - a.traces)[0];
  if (single || offers.length < 2) return single;
  const all = new URLSearchParams(query.has("order") ? { order: query.get("order") ?? "" } : {});
  return { words: `all ${offers.length} filters`, query: all, traces: -1 };
}
