import "../../styles/pages.css";
import "../../styles/agents.css";
import { type Loop, type Runs, now } from "../../api";
import { Menu, MenuItem } from "../../components/Menu";
import { EmptyState, Loading } from "../../components/States";
import { Trouble } from "../../components/Trouble";
import { SUMS_MS, useLive } from "../../components/useLive";
import { FilterBar, go } from "../../filters/FilterBar";
import { type Field, apiParams, presets, timeOf, traceFields, withTime } from "../../filters/fields";
import { count } from "../../format";
import { type Fetched, useEvent, useFetch, useTitle } from "../../hooks";
import { useKeys } from "../../keys";
import { here } from "../../router";
import type { ViewProps } from "../registry";
import { Loops } from "./Loops";
import { RunsTable } from "./RunsTable";
import { logScale } from "./scale";

/** The fields of RunFilter. */
const fields: Field[] = traceFields.filter((one) => ["service", "environment"].includes(one.param));

/** Where nothing is said, what ran in so long a time is shown. */
const USUAL = "7d";

const EVERY = 60_000;
const ROWS = 500;

/** AgentsView shows what agents and tools do, how often they fail, how long they take and what they cost. */
export function AgentsView(_: ViewProps) {
  useTitle("Agents and tools");
  const query = here.value.searchParams;
  const untimed = !["last", "since", "until"].some((name) => query.has(name));
  const asked = untimed ? withTime(query, { last: USUAL }) : query;
  const params = { ...apiParams(asked, now(), fields), limit: ROWS };
  const agents = useFetch<Runs[]>("/agents", params, { every: EVERY, keep: true });
  const tools = useFetch<Runs[]>("/tools", params, { every: EVERY, keep: true });
  const loops = useFetch<Loop[]>("/loops", params, { every: EVERY, keep: true });
  const reload = useEvent(() => {
    agents.reload();
    tools.reload();
    loops.reload();
  });
  useLive({}, reload, SUMS_MS);

  const move = useEvent((step: number) => {
    const links = [...document.querySelectorAll<HTMLElement>(".agents-view tbody th a")];
    const at = links.indexOf(document.activeElement as HTMLElement);
    links[Math.max(0, Math.min(links.length - 1, at + step))]?.focus();
  });
  useKeys("agents", [
    { keys: "j", label: "move", run: () => move(1) },
    { keys: "k", label: "move", run: () => move(-1) },
  ]);

  const scale = logScale([...(agents.data ?? []), ...(tools.data ?? [])].flatMap((one) => [one.p50_us, one.p95_us]));
  const time = Object.fromEntries(["last", "since", "until", "service", "environment"].flatMap((name) => (asked.get(name) ? [[name, asked.get(name) ?? ""]] : [])));
  const loaded = agents.data && tools.data && loops.data;
  const nothing = loaded && agents.data?.length === 0 && tools.data?.length === 0;
  return (
    <div class="agents-view" aria-busy={[agents, tools, loops].some((one) => !one.data && !one.error)}>
      <h1 class="sr">Agents and tools</h1>
      <div class="page-bar">
        <FilterBar fields={fields} time={<Time asked={asked} />} />
        <span class="quiet wide">Duration: mark p50, line to p95, one scale for all</span>
      </div>
      <Trouble fetched={[agents, tools, loops]} what="Agents and tools" />
      {nothing ? (
        <EmptyState title="No agent and no tool has run.">
          {query.size > 0 ? <a href="/agents?last=30d">Last 30 days</a> : "They show as soon as spans of agents or tools come."}
        </EmptyState>
      ) : (
        <>
          <Section title="Agents" note={agents.data && count(agents.data.length)} fetched={agents} none="No agent has run.">
            {(rows) => <RunsTable kind="agent" rows={rows} scale={scale} query={time} />}
          </Section>
          <Section title="Tools" note={tools.data && `${count(tools.data.length)}, by calls`} fetched={tools} none="No tool was called.">
            {(rows) => <RunsTable kind="tool" rows={rows} scale={scale} query={time} />}
          </Section>
          <Section title="Loops" note="same tool, same arguments, in one trace. Cost: model calls between first and last" fetched={loops} none="No tool was called again and again with the same arguments.">
            {(rows) => <Loops rows={rows} />}
          </Section>
        </>
      )}
    </div>
  );
}

function Time({ asked }: { asked: URLSearchParams }) {
  return (
    <Menu
      class="token time"
      name={`Started: ${timeOf(asked)}`}
      label={
        <>
          started in <b>{timeOf(asked)}</b> <span class="caret">▾</span>
        </>
      }
    >
      {(close) =>
        Object.entries(presets).map(([value, label]) => (
          <MenuItem
            key={value}
            checked={asked.get("last") === value}
            onSelect={() => {
              close();
              go(withTime(here.value.searchParams, { last: value }));
            }}
          >
            {label}
          </MenuItem>
        ))
      }
    </Menu>
  );
}

interface SectionProps<T> {
  title: string;
  note: string | undefined;
  fetched: Fetched<T[]>;
  none: string;
  children: (rows: T[]) => preact.ComponentChildren;
}

function Section<T>({ title, note, fetched, none, children }: SectionProps<T>) {
  const { data, error, late } = fetched;
  if (error && !data) return null;
  const id = `h-${title}`;
  return (
    <section aria-labelledby={id}>
      <h2 class="section-head">
        <span id={id}>{title}</span> <span class="quiet">{note}</span>
      </h2>
      {!data ? <Loading late={late} rows={4} /> : data.length === 0 ? <p class="none">{none}</p> : children(data)}
    </section>
  );
}
