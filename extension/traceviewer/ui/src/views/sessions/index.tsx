import "../../styles/sessions.css";
import { useEffect, useState } from "preact/hooks";
import { type ApiError, type Page, type SessionSummary, get, now } from "../../api";
import { Lost } from "../../components/Lost";
import { CostCell } from "../../components/Money";
import { EmptyState, ErrorState, Loading } from "../../components/States";
import { Text } from "../../components/Text";
import { useLive } from "../../components/useLive";
import { FilterBar } from "../../filters/FilterBar";
import { type Field, apiParams, traceFields } from "../../filters/fields";
import { clockMinutes, count, day, plural, utc, when } from "../../format";
import { useEvent, useFetch, useNarrow, useTitle } from "../../hooks";
import { useKeys } from "../../keys";
import { here, navigate, to } from "../../router";
import type { ViewProps } from "../registry";
import { SessionPane } from "./SessionPane";

const PAGE = 50;

/** The fields of SessionFilter. */
const fields: Field[] = [
  ...traceFields.filter((one) => ["service", "user", "environment", "tenant"].includes(one.param)),
  { param: "text", label: "id", op: "contains", unit: "text", note: "of the session" },
];

/** SessionsView lists sessions beside the one that is read. */
export function SessionsView({ rest }: ViewProps) {
  const id = rest[0];
  const narrow = useNarrow();
  const query = here.value.searchParams;
  const params = apiParams(query, now(), fields);
  const list = useList(params);
  useTitle(id ?? "Sessions");
  // One connection for both: browsers allow few to one host.
  const [turned, turn] = useState(0);
  useLive({}, (traces) => {
    list.reload();
    if (traces.length === 0 || traces.some((one) => one.session === id)) turn((n) => n + 1);
  });

  const open = useEvent((session: string, replace: boolean) => navigate(to(["sessions", session], here.value.searchParams), { replace }));
  const first = list.items[0]?.id;
  useEffect(() => {
    if (!id && !narrow && first) open(first, true);
  }, [id, narrow, first]);

  const move = useEvent((step: number) => {
    const at = list.items.findIndex((one) => one.id === id);
    const next = list.items[at < 0 ? 0 : at + step];
    if (next) open(next.id, true);
  });
  useKeys("sessions", [
    { keys: "j", label: "next, previous session", run: () => move(1) },
    { keys: "k", label: "next, previous session", run: () => move(-1) },
    { keys: "Escape", label: "back to the list", run: () => (narrow ? navigate(to(["sessions"], here.value.searchParams)) : undefined) },
  ]);

  return (
    <div class={`sessions-view${id ? " has-session" : ""}`}>
      <h1 class="sr">Sessions</h1>
      {!(narrow && id) && (
        <section class="session-list" aria-label="Sessions" aria-busy={!list.data && !list.error}>
          <div class="session-bar">
            <FilterBar fields={fields} time={null} />
            <span class="quiet">{list.data && plural(list.items.length, "session").replace("\u00a0", `${list.next ? "+" : ""}\u00a0`)}</span>
          </div>
          {(list.data || !list.error) && <Lost />}
          <List list={list} selected={id} filtered={[...query.keys()].length > 0} />
        </section>
      )}
      {id ? <SessionPane key={id} id={id} turned={turned} /> : !narrow && <div class="session-pane" aria-busy={list.items.length > 0} />}
    </div>
  );
}

interface ListState {
  items: SessionSummary[];
  data: Page<SessionSummary> | undefined;
  next: string;
  error: ApiError | undefined;
  late: boolean;
  reload: () => void;
  more: () => void;
}

/** useList is the first page, which is read again, and those that a person has asked for behind it. */
function useList(params: ReturnType<typeof apiParams>): ListState {
  const { data, error, late, reload } = useFetch<Page<SessionSummary>>("/sessions", { ...params, limit: PAGE }, { every: 30_000 });
  const [behind, setBehind] = useState<{ items: SessionSummary[]; next: string } | null>(null);
  const [failed, fail] = useState<ApiError | undefined>(undefined);
  const key = JSON.stringify(params);
  useEffect(() => setBehind(null), [key]);
  const firsts = data?.items ?? [];
  const known = new Set(firsts.map((one) => one.id));
  const next = behind ? behind.next : (data?.next ?? "");
  const more = useEvent(async () => {
    try {
      const page = await get<Page<SessionSummary>>("/sessions", { ...params, limit: PAGE, cursor: next });
      setBehind({ items: [...(behind?.items ?? []), ...(page.items ?? [])], next: page.next ?? "" });
      fail(undefined);
    } catch (err) {
      fail(err as ApiError);
    }
  });
  return { items: [...firsts, ...(behind?.items ?? []).filter((one) => !known.has(one.id))], data, next, error: failed ?? error, late, reload, more };
}

function List({ list, selected, filtered }: { list: ListState; selected: string | undefined; filtered: boolean }) {
  useEffect(() => {
    document.querySelector(".session-rows [aria-current]")?.scrollIntoView({ block: "nearest" });
  }, [selected, list.data === undefined]);
  if (!list.data) return list.error ? <ErrorState error={list.error} retry={list.reload} what="The list" /> : <Loading late={list.late} />;
  if (list.items.length === 0) {
    return filtered ? (
      <EmptyState title="No session matches.">
        <a href="/sessions">Show all</a>
      </EmptyState>
    ) : (
      <EmptyState title="No session yet.">
        Spans name theirs with <code>session.id</code> or <code>gen_ai.conversation.id</code>.
      </EmptyState>
    );
  }
  return (
    <ul class="session-rows">
      {list.items.map((one) => (
        <Row key={one.id} session={one} selected={one.id === selected} />
      ))}
      {list.error && !list.error.unreachable && <ErrorState error={list.error} retry={list.reload} what="The list" />}
      {list.next && (
        <li class="pad">
          <button class="button" type="button" onClick={list.more}>
            Show more
          </button>
        </li>
      )}
    </ul>
  );
}

function Row({ session, selected }: { session: SessionSummary; selected: boolean }) {
  return (
    <li>
      <a class="session-row" href={to(["sessions", session.id], here.value.searchParams)} aria-current={selected ? "true" : undefined}>
        <Text class="session-first" text={session.input || session.id} quiet />
        <span class="session-facts">
          <time dateTime={session.last} title={utc(session.last)}>
            {day(session.last) === day(now()) ? clockMinutes(session.last) : when(session.last, now()).replace(/ \d\d:\d\d$/, "")}
          </time>
          {session.user && (
            <span class="who">
              <Text text={session.user} quiet />
            </span>
          )}
          <span>{plural(session.traces, "turn")}</span>
          {session.running && <span class="running">running</span>}
          {session.errors > 0 && <span class="err">{count(session.errors)} {session.errors === 1 ? "error" : "errors"}</span>}
          <CostCell cost={session.cost} column="list" />
        </span>
      </a>
    </li>
  );
}
