import type { ComponentChildren } from "preact";
import type { ApiError } from "../api";

/** Note is a band of attention. tone says of which kind. */
export function Note({ tone, children, live = false }: { tone: "acc" | "warn" | "err"; children: ComponentChildren; live?: boolean }) {
  return (
    <div class={`note n-${tone}`} role={tone === "err" ? "alert" : live ? "status" : undefined}>
      {children}
    </div>
  );
}

/** EmptyState says in bold why there is nothing, then what fills it. */
export function EmptyState({ title, heading = false, children }: { title: string; heading?: boolean; children?: ComponentChildren }) {
  return (
    <div class="empty">
      {heading ? <h1>{title}</h1> : <strong>{title}</strong>} {children}
    </div>
  );
}

/** ErrorState says what could not be read. */
export function ErrorState({ error, retry, what = "This" }: { error: ApiError; retry?: () => void; what?: string }) {
  return (
    <div class="pad">
      <Note tone={error.unreachable ? "warn" : "err"}>
        {error.unreachable ? (
          <>
            <strong>Not connected.</strong> The collector does not answer. Is it still running?{" "}
          </>
        ) : error.status === 503 ? (
          <>
            <strong>The store cannot be read.</strong> <span dir="auto">{error.message}</span>{" "}
          </>
        ) : (
          <>
            <strong>{error.status === 404 ? "Not found." : `${what} cannot be shown.`}</strong> <span dir="auto">{error.message}</span>{" "}
          </>
        )}
        {retry && error.status !== 404 && error.status !== 400 && (
          <button class="link" type="button" onClick={retry}>
            Try again
          </button>
        )}
      </Note>
    </div>
  );
}

/** Loading draws nothing for the first 150 ms, then rows in grey. late comes from useFetch. */
export function Loading({ late, rows = 6, label = "Loading" }: { late: boolean; rows?: number; label?: string }) {
  if (!late) return null;
  return (
    <div class="loading" role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, i) => (
        <div class="skel" key={i}>
          <span />
          <span />
          <span />
        </div>
      ))}
    </div>
  );
}

/** Tag names a finding: cache lost, same call ×7. */
export function Tag({ tone, children, title }: { tone?: "warn" | "err"; children: ComponentChildren; title?: string }) {
  return (
    <span class={`tag${tone ? ` t-${tone}` : ""}`} title={title}>
      {children}
    </span>
  );
}
