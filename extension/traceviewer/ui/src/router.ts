// Real URLs: every view has its own, links are <a>, back and forward work.
import { computed, signal } from "@preact/signals";

function read(): URL {
  return new URL(location.href);
}

/** here is the current address. */
export const here = signal<URL>(new URL("http://localhost/"));

/** params are the query of the current address. */
export const params = computed(() => here.value.searchParams);

/** segments are the decoded parts of the path: /sessions/a%2Fb is ["sessions", "a/b"]. */
export const segments = computed(() => decodePath(here.value.pathname));

/** decodePath takes a path apart; a part that is not well encoded stands as it is. */
export function decodePath(path: string): string[] {
  return path.split("/").filter((part) => part !== "").map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
}

/** to writes a path of parts, each of which may hold slashes, and a query. */
export function to(parts: readonly string[], query?: Record<string, string | undefined> | URLSearchParams): string {
  const search =
    query instanceof URLSearchParams
      ? query
      : new URLSearchParams(Object.entries(query ?? {}).filter((pair): pair is [string, string] => !!pair[1]));
  const text = search.toString();
  return `/${parts.map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`;
}

/** navigate goes to an address of the page. replace keeps it out of the history. */
export function navigate(href: string, options: { replace?: boolean } = {}): void {
  const target = new URL(href, location.href);
  if (target.href === location.href) return;
  if (options.replace) history.replaceState(history.state, "", target);
  else history.pushState(null, "", target);
  here.value = read();
}

/** setParams changes parameters of the current address; undefined removes one. */
export function setParams(change: Record<string, string | readonly string[] | undefined>, options: { replace?: boolean } = {}): void {
  const query = new URLSearchParams(here.value.searchParams);
  for (const [name, value] of Object.entries(change)) {
    query.delete(name);
    if (value === undefined) continue;
    for (const one of typeof value === "string" ? [value] : value) query.append(name, one);
  }
  const text = query.toString();
  navigate(here.value.pathname + (text ? `?${text}` : ""), options);
}

function clicked(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element | null)?.closest?.("a[href]") as HTMLAnchorElement | null;
  if (!link || link.target || link.hasAttribute("download")) return;
  const target = new URL(link.href, location.href);
  if (target.origin !== location.origin || target.pathname.startsWith("/api/")) return;
  if (target.hash && target.pathname === location.pathname && target.search === location.search) return;
  event.preventDefault();
  navigate(target.href);
}

/** start begins to follow the address. */
export function start(): void {
  here.value = read();
  addEventListener("popstate", () => {
    here.value = read();
  });
  document.addEventListener("click", clicked);
}
