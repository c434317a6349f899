// How the collector is asked, on the page's own origin.

export type * from "./types";

/** Parameters of a request: lists are repeated, what is empty is left out. */
export type Params = Record<string, string | number | boolean | readonly string[] | null | undefined>;

/** Where the API is, on the page's own origin. */
export const base = "/api/v1";

/** url writes a path below /api/v1 with parameters. Write ids into the path with segment(). */
export function url(path: string, params: Params = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === null || value === undefined || value === "" || value === false) continue;
    if (Array.isArray(value)) for (const one of value as readonly string[]) query.append(name, one);
    else query.append(name, String(value));
  }
  const text = query.toString();
  return base + path + (text ? `?${text}` : "");
}

/** segment makes an id, which may hold slashes, one segment of a path. */
export function segment(id: string): string {
  return encodeURIComponent(id).replaceAll(".", "%2E");
}

/** ApiError is an answer other than success, or none. */
export class ApiError extends Error {
  /** status is that of HTTP, 0 where the collector was not reached. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
    this.name = "ApiError";
  }

  get unreachable(): boolean {
    return this.status === 0;
  }
}

/** skew is how far the collector's clock is ahead of the browser's, in milliseconds; only where it is seconds. */
export let skew = 0;

/** now is the collector's time, in milliseconds. */
export function now(): number {
  return Date.now() + skew;
}

/** What a proxy answers that does not reach the collector. */
const UNREACHED = [502, 504];

/** failure reads what an answer other than success says. */
export async function failure(response: Response): Promise<ApiError> {
  if (UNREACHED.includes(response.status)) return new ApiError(0, "The collector cannot be reached.");
  const text = await response.text().catch(() => "");
  try {
    const body = JSON.parse(text) as { error?: unknown };
    if (typeof body.error === "string" && body.error) return new ApiError(response.status, body.error);
  } catch {
    // Not ours: a proxy's page says nothing that helps.
  }
  return new ApiError(response.status, `The collector answered ${response.status} ${response.statusText}`.trim());
}

/** get fetches JSON. It throws an ApiError, or the signal's reason. */
export async function get<T>(path: string, params?: Params, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url(path, params), { signal: signal ?? null, headers: { Accept: "application/json" } });
  } catch (err) {
    if (signal?.aborted) throw err;
    throw new ApiError(0, "The collector cannot be reached.");
  }
  const date = Date.parse(response.headers.get("Date") ?? "");
  // The header has whole seconds: less than five are no difference.
  if (date) skew = Math.abs(date - Date.now()) > 5000 ? date - Date.now() : 0;
  if (!response.ok) throw await failure(response);
  try {
    return (await response.json()) as T;
  } catch (err) {
    if (signal?.aborted) throw err;
    throw new ApiError(response.status, "The answer was cut off or is not JSON.");
  }
}
