import { type Collector, type Redactions, type StoreInfo, now } from "../../api";
import { Chip, Text } from "../../components/Text";
import { Copy } from "../../components/Copy";
import { Loading } from "../../components/States";
import { ago, bytes, count, day, dayName, longDuration, percent, plural, utc, when, clockMinutes } from "../../format";
import type { Fetched } from "../../hooks";
import { to } from "../../router";
import { losses, shortName } from "./pipeline";
import { FigureText, queueText } from "./Pipelines";

/** Destinations says where data goes, and what waits before it. */
export function Destinations({ state }: { state: Collector }) {
  if (state.destinations.length === 0) return null;
  return (
    <section aria-labelledby="h-dest">
      <h2 class="section-head" id="h-dest">
        Where data goes
      </h2>
      <table class="destinations">
        <thead>
          <tr>
            <th scope="col">Destination</th>
            <th scope="col" class="address">
              Address
            </th>
            <th scope="col" class="n">
              Waits
            </th>
            <th scope="col" class="n queue">
              Queue
            </th>
          </tr>
        </thead>
        <tbody>
          {state.destinations.map((one) => {
            const { queue } = one;
            const share = queue && queue.capacity > 0 ? Math.min(1, queue.size / queue.capacity) : 0;
            return (
              <tr key={one.id}>
                <th scope="row" class={one.health === "failed" ? "err" : one.health === "waiting" ? "warn" : ""}>
                  <Text text={shortName(one.id)} />
                </th>
                <td class="address">
                  {one.address ? (
                    <code title={one.address}>
                      <Text text={one.address.replace(/^https?:\/\//, "")} />
                    </code>
                  ) : (
                    <span class="quiet">not known</span>
                  )}
                  {one.remote && <span class="leaves"> leaves this machine</span>}
                </td>
                <td class={`n ${queue?.size ? "warn" : "quiet"}`}>{queue ? (queue.size > 0 && queue.unit === "bytes" ? bytes(queue.size) : count(queue.size)) : ""}</td>
                <td class="n queue">
                  {queue && (
                    <span class="gauge" role="img" aria-label={`${queueText(one)}, ${percent(share)} of the queue`} title={queue.capacity > 0 ? `${percent(share)} of ${queue.unit === "bytes" ? bytes(queue.capacity) : `${count(queue.capacity)} ${queue.unit}`}, ${queue.on_disk ? "on disk" : "in memory"}` : undefined}>
                      {queue.size > 0 && <i style={{ width: `${Math.max(3, share * 100)}%` }} />}
                    </span>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

/** Losses are what was refused or dropped since the start, and why. */
export function Losses({ state }: { state: Collector }) {
  const list = losses(state);
  return (
    <section aria-labelledby="h-losses">
      <h2 class="section-head">
        <span id="h-losses">Refused or dropped</span> <span class="quiet">since the start</span>
      </h2>
      {list.length === 0 ? (
        <p class="none">{state.metered ? "Nothing." : "Not counted."}</p>
      ) : (
        <ul class="losses">
          {list.map((one, i) => (
            <li key={i}>
              <b class={one.tone}>
                {count(one.count)} {one.what}
              </b>{" "}
              <Text text={one.why} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Store says what is stored, how large and how old it is. */
export function Store({ fetched, state }: { fetched: Fetched<StoreInfo>; state: Collector }) {
  const { data, error, late } = fetched;
  const figures = state.destinations.find((one) => one.type === "libsql")?.figures ?? [];
  const deleted = figures.filter((one) => one.value > 0 && one.unit !== "s" && one.name !== "spans stored");
  const backup = `otelcol-llm backup traces-${day(now())}.db`;
  return (
    <section aria-labelledby="h-store">
      <h2 class="section-head" id="h-store">
        Store
      </h2>
      {!data ? (
        !error && <Loading late={late} rows={3} />
      ) : (
        <dl class="facts">
          <dt>{data.kind === "server" ? "Server" : "File"}</dt>
          <dd>
            <code>
              <Text text={data.place} />
            </code>
            {data.bytes > 0 ? `, ${bytes(data.bytes)}` : ""}
          </dd>
          <dt>Holds</dt>
          <dd>
            {plural(data.traces, "trace")}, {plural(data.spans, "span")}
            {data.logs > 0 ? `, ${plural(data.logs, "log record")}` : ""}
            {data.traces > 0 && data.bytes > 0 ? `. ${bytes(Math.round(data.bytes / data.traces))} a trace` : ""}
          </dd>
          {data.oldest && (
            <>
              <dt>Oldest</dt>
              <dd title={utc(data.oldest)}>
                {dayName(day(data.oldest), now(), undefined, true)}, {clockMinutes(data.oldest)}, {longDuration((now() - Date.parse(data.oldest)) / 1000)} old
              </dd>
            </>
          )}
          {data.newest && (
            <>
              <dt>Newest</dt>
              <dd title={utc(data.newest)}>{ago(data.newest, now())}</dd>
            </>
          )}
          <dt>Search</dt>
          <dd>{data.search_index ? "by an index of words" : "reads all texts; there is no index of words"}</dd>
          {deleted.map((one) => (
            <div class="figure" key={one.name}>
              <dt class={one.bad ? "warn" : ""}>Since start</dt>
              <dd>
                <FigureText figure={one} />
              </dd>
            </div>
          ))}
          {data.kind === "file" && (
            <>
              <dt>Backup</dt>
              <dd>
                <code>{backup}</code> <Copy text={backup} class="link" />
              </dd>
            </>
          )}
        </dl>
      )}
    </section>
  );
}

/** Extensions are what runs beside the pipelines. */
export function Extensions({ state }: { state: Collector }) {
  if (state.extensions.length === 0) return null;
  return (
    <section aria-labelledby="h-ext">
      <h2 class="section-head" id="h-ext">
        Beside the pipelines
      </h2>
      <ul class="losses">
        {state.extensions.map((one) => (
          <li key={one.id}>
            <b class={one.health === "failed" ? "err" : ""}>{one.id}</b>{" "}
            {one.endpoints.map((at) => (
              <code key={at.address}>{at.address} </code>
            ))}
            {one.health !== "ok" && <span class={one.health === "failed" ? "err" : "warn"}>{one.health}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Rules are findings of redaction: of what is stored, and what else was found since the start. */
export function Rules({ fetched, state }: { fetched: Fetched<Redactions[]>; state: Collector }) {
  const { data, error, late } = fetched;
  const stored = data ?? [];
  const sum = stored.reduce((n, one) => n + one.count, 0);
  const known = new Set(stored.map((one) => one.rule));
  const others = (state.redactions ?? []).filter((one) => !known.has(one.rule));
  return (
    <section aria-labelledby="h-rules">
      <h2 class="section-head">
        <span id="h-rules">Redacted, by rule</span> <span class="quiet">{data && (sum > 0 ? `${plural(sum, "value")} in what is stored` : "")}</span>
      </h2>
      {!data && !error ? (
        <Loading late={late} rows={4} />
      ) : stored.length + others.length === 0 ? (
        <p class="none">Nothing was found that had to be replaced.</p>
      ) : (
        <table class="rules">
          <thead>
            <tr>
              <th scope="col">Rule</th>
              <th scope="col" class="n">
                Values
              </th>
              <th scope="col" class="n hide">
                Spans
              </th>
              <th scope="col" class="n">
                Traces
              </th>
              <th scope="col" class="n hide">
                Last
              </th>
            </tr>
          </thead>
          <tbody>
            {stored.map((one) => (
              <tr key={one.rule}>
                <th scope="row">
                  <Chip rule={one.rule} />
                </th>
                <td class="n">{count(one.count)}</td>
                <td class="n hide">{count(one.spans)}</td>
                <td class="n">{count(one.traces)}</td>
                <td class="n hide" title={utc(one.last)}>
                  {when(one.last, now())}
                </td>
              </tr>
            ))}
            {others.map((one) => (
              <tr key={one.rule}>
                <th scope="row">
                  <Chip rule={one.rule} />
                </th>
                <td class="n">{count(one.count)}</td>
                <td class="n hide" />
                <td class="n" />
                <td class="n hide quiet">since the start</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p class="none">
        The values are gone before the disk, the queue and this page. Only rule and place are kept.
      </p>
      {sum > 0 && (
        <p class="none">
          <a href={to(["traces"], { status: "redacted" })}>Traces with redactions</a>
        </p>
      )}
    </section>
  );
}
