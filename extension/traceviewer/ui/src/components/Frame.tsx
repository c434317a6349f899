import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { collector, health, today } from "../collector";
import { costKind, dollars, sumDollars } from "../format";
import { enabled, registered, setEnabled, useKeys } from "../keys";
import { here, navigate, params, to } from "../router";
import { type Theme, setTheme, theme } from "../theme";
import { sections } from "../views/registry";
import { Dialog } from "./Dialog";
import { Kbd } from "./Kbd";
import { Menu, MenuItem } from "./Menu";

/** Frame is the top bar with a view below it. */
export function Frame({ section, children }: { section: string; children: ComponentChildren }) {
  const [help, setHelp] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const title = sections.find((one) => one.path === section)?.title ?? "";

  useKeys("everywhere", [
    { keys: "/", label: "search", run: () => (search.current?.offsetParent ? search.current.focus() : navigate("/search")) },
    ...sections.map((one) => ({ keys: `g ${one.key}`, label: `go to ${one.title.toLowerCase()}`, run: () => navigate(`/${one.path}`) })),
    { keys: "?", label: "this list", run: () => setHelp(true) },
  ]);

  return (
    <>
      <a class="skip button" href="#main">
        Skip to content
      </a>
      <header class="top">
        <a class="name" href="/traces">
          otelcol-llm
        </a>
        <span class="section">{title}</span>
        <nav aria-label="Sections">
          {sections.map((one) => (
            <a key={one.path} href={`/${one.path}`} aria-current={one.path === section ? "page" : undefined}>
              {one.title}
            </a>
          ))}
        </nav>
        <Search input={search} />
        <Today />
        <HealthWords />
        <button class="help" type="button" aria-label="Keys and settings" onClick={() => setHelp(true)}>
          <Kbd keys="?" />
        </button>
        <div class="burger">
          <Menu label="☰" name="Menu" picture class="quiet" align="end">
            {(close) => (
              <>
                {sections.map((one) => (
                  <MenuItem key={one.path} href={`/${one.path}`} onSelect={close}>
                    {one.title}
                  </MenuItem>
                ))}
                <MenuItem href="/search" onSelect={close}>
                  Search
                </MenuItem>
                <hr />
                <MenuItem href="/collector" onSelect={close}>
                  {health().words || "Collector"}
                </MenuItem>
                <MenuItem
                  onSelect={() => {
                    close();
                    setHelp(true);
                  }}
                >
                  Keys and settings
                </MenuItem>
              </>
            )}
          </Menu>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      {help && <Help onClose={() => setHelp(false)} />}
    </>
  );
}

function Search({ input }: { input: { current: HTMLInputElement | null } }) {
  const query = here.value.pathname === "/search" ? (params.value.get("q") ?? "") : "";
  useEffect(() => {
    if (input.current && document.activeElement !== input.current) input.current.value = query;
  }, [query]);
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const text = input.current?.value.trim() ?? "";
        if (text) navigate(to(["search"], { q: text }));
      }}
    >
      <input
        ref={input}
        class="field"
        type="search"
        aria-label="Search text, names, ids"
        placeholder="Search text, names, ids"
        defaultValue={query}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
      <Kbd keys="/" />
    </form>
  );
}

function Today() {
  const total = today.value?.total;
  if (!total) return <a class="today" href="/spend" aria-label="Spend" />;
  const { cost } = total;
  const known = cost.usd ?? 0;
  const text = cost.calls > 0 && cost.usd === null ? (costKind(cost) === "local" ? "local" : "unpriced") : sumDollars(known);
  return (
    <a class="today" href="/spend" title={cost.unpriced ? `${dollars(known)}, and ${cost.unpriced} calls without a price` : dollars(known)}>
      <span>Today</span>
      <span class="money">{text}</span>
    </a>
  );
}

function HealthWords() {
  const { words, tone } = health();
  if (!words) return null;
  return (
    <a class={`health ${tone}`} href="/collector">
      {words}
    </a>
  );
}

const themes: { value: Theme; label: string }[] = [
  { value: "auto", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <div class="keys">
        {registered().map(({ scope, lines }) => (
          <section key={scope}>
            <h3>{scope}</h3>
            <ul>
              {lines.map((line) => (
                <li key={line.label}>
                  <span>
                    {line.keys.map((keys) => (
                      <Kbd key={keys} keys={keys} />
                    ))}
                    <span class="sr">{line.keys.join(", ")}</span>
                  </span>
                  {line.label}
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <label>
        <input type="checkbox" checked={enabled.value} onChange={(event) => setEnabled(event.currentTarget.checked)} />
        Keys are on
      </label>
      <div class="settings">
        <span class="segments" role="group" aria-label="Colours">
          {themes.map((one) => (
            <button key={one.value} type="button" aria-pressed={theme.value === one.value} onClick={() => setTheme(one.value)}>
              {one.label}
            </button>
          ))}
        </span>
        <span class="quiet">
          {collector.value && `${collector.value.command} ${collector.value.version} · `}
          <a href="/licenses.txt" target="_blank">
            Licenses
          </a>
        </span>
      </div>
    </Dialog>
  );
}
