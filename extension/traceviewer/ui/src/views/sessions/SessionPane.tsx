import { useEffect, useState } from "preact/hooks";
import { type ApiError, type Session, now, segment } from "../../api";
import { CostCell, Money } from "../../components/Money";
import { EmptyState, ErrorState, Loading } from "../../components/States";
import { Text } from "../../components/Text";
import { count, day, dayName, shortDuration } from "../../format";
import { useEvent, useFetch, useNarrow } from "../../hooks";
import { useKeys } from "../../keys";
import { here, params, to } from "../../router";
import { TurnView } from "./TurnView";
import { agentOf, largestContext, later, redactionsOf, silences, sums, workOf } from "./turns";

const PAGE = 50;

interface Turns {
  data: Session | undefined;
  error: ApiError | undefined;
  late: boolean;
  /** reload reads the last page again: what is new stands at the end. */
  reload: () => void;
  more: () => void;
}

/** useTurns reads a session page by page. */
function useTurns(id: string): Turns {
  const [pages, setPages] = useState<readonly { cursor: string; session: Session }[]>([]);
  const [cursor, setCursor] = useState("");
  const { data, error, late, reload } = useFetch<Session>(`/sessions/${segment(id)}`, { limit: PAGE, cursor });
  useEffect(() => {
    if (data) setPages((was) => [...was.filter((one) => one.cursor !== cursor), { cursor, session: data }]);
  }, [data]);
  // Only the last page is read again: the others stand in order before it.
  const list = pages.some((one) => one.cursor === cursor) || !data ? pages : [...pages, { cursor, session: data }];
  const last = list.at(-1)?.session;
  const seen = new Set<string>();
  const turns = list.flatMap((one) => one.session.turns ?? []).filter((one) => !seen.has(one.trace.trace_id) && seen.add(one.trace.trace_id));
  return { data: last && { ...last, turns }, error, late, reload, more: () => setCursor(last?.next ?? "") };
}

/** SessionPane is one session as a chat. turned counts its changes. */
export function SessionPane({ id, turned }: { id: string; turned: number }) {
  const { data, error, late, reload, more } = useTurns(id);
  const narrow = useNarrow();
  useEffect(() => {
    if (turned > 0) reload();
  }, [turned]);
  const turns = data?.turns ?? [];
  const at = params.value.get("turn");

  const go = useEvent((step: number) => {
    const all = [...document.querySelectorAll<HTMLElement>(".turn")];
    const now = all.findIndex((one) => one.contains(document.activeElement));
    const next = all[Math.max(0, Math.min(all.length - 1, now + step))];
    next?.focus();
    next?.scrollIntoView({ block: "start" });
  });
  useKeys("session", [
    { keys: "]", label: "next, previous turn", run: () => go(1) },
    { keys: "[", label: "next, previous turn", run: () => go(-1) },
  ]);
  useEffect(() => {
    if (at && data) document.getElementById(`turn-${at}`)?.scrollIntoView({ block: "start" });
  }, [at, data === undefined]);

  const back = narrow && (
    <p class="session-back">
      <a href={to(["sessions"], here.value.searchParams)}>‹ Sessions</a>
    </p>
  );
  if (!data) {
    return (
      <section class="session-pane" aria-label="Session" aria-busy={!error}>
        {back}
        {!error ? (
          <Loading late={late} />
        ) : error.status === 404 ? (
          <EmptyState title={`No session ${id}.`}>It may come later, or retention has removed it.</EmptyState>
        ) : (
          <ErrorState error={error} retry={reload} what="The session" />
        )}
      </section>
    );
  }
  const gaps = silences(turns);
  const running = sums(turns);
  const largest = largestContext(turns);
  return (
    <section class="session-pane" aria-label={`Session ${id}`}>
      {back}
      <Head session={data} />
      {error && !error.unreachable && <ErrorState error={error} retry={reload} what="The session" />}
      {turns.length === 0 && <EmptyState title="This session has no turns.">Its calls came as log records, or retention has removed its traces.</EmptyState>}
      <ol class="turns">
        {turns.map((turn, i) => (
          <TurnView
            key={turn.trace.trace_id}
            turn={turn}
            number={i + 1}
            sum={running[i] ?? 0}
            largest={largest}
            silence={gaps[i] ? `${later(gaps[i] ?? 0)} later` : ""}
            dayHead={i === 0 ? otherDay(turn.trace.start) : day(turn.trace.start) !== day(turns[i - 1]?.trace.start ?? 0) ? dayName(day(turn.trace.start), now()) : ""}
          />
        ))}
      </ol>
      {data.next && (
        <p class="pad">
          <button class="button" type="button" onClick={more}>
            Show more turns
          </button>{" "}
          <span class="quiet">
            {count(turns.length)} of {count(data.traces)}
          </span>
        </p>
      )}
    </section>
  );
}

function otherDay(start: string): string {
  const key = day(start);
  return key === day(now()) ? "" : dayName(key, now());
}

function Head({ session }: { session: Session }) {
  const { turns, cost } = session;
  const first = turns[0]?.trace;
  const redactions = redactionsOf(session);
  const by = first ? agentOf(first) : (session.service ?? "");
  const lasted = (Date.parse(session.last) - Date.parse(session.first)) * 1000;
  const whole = !session.next;
  return (
    <header class="session-head">
      <div class="session-title">
        <h2>
          <Text text={session.id} />
        </h2>
        <span class="quiet">
          {session.user && <a href={to(["traces"], { user: session.user })}>{<Text text={session.user} />}</a>}
          {session.user && by ? " · " : ""}
          <Text text={by} />
        </span>
        <span class="segments" role="group" aria-label="Shown as">
          <span aria-current="true">Chat</span>
          <a href={to(["traces"], { session: session.id })}>Traces {count(session.traces)}</a>
        </span>
      </div>
      <div class="session-sums">
        <span>
          <b>{count(session.traces)}</b> {session.traces === 1 ? "turn" : "turns"}
        </span>
        {cost.calls > 0 && (
          <span>
            <CostCell cost={cost} strong />
          </span>
        )}
        {cost.usd !== null && cost.usd > 0 && session.traces > 1 && (
          <span>
            <Money usd={cost.usd / session.traces} strong /> a turn
          </span>
        )}
        {turns.length > 0 && whole && (
          <span>
            <b>{shortDuration(workOf(turns))}</b> of work{session.traces > 1 && lasted > 60e6 ? ` in ${later(lasted)}` : ""}
          </span>
        )}
        <span>
          <b>{count(cost.calls)}</b> model {cost.calls === 1 ? "call" : "calls"}
        </span>
        {session.errors > 0 && (
          <span class="err">
            <b>{count(session.errors)}</b> {session.errors === 1 ? "error" : "errors"}
          </span>
        )}
        {redactions > 0 && (
          <span>
            <b>
              {count(redactions)}
              {whole ? "" : "+"}
            </b>{" "}
            redacted
          </span>
        )}
        {session.running && <span class="running">running</span>}
      </div>
    </header>
  );
}
