import { collector } from "../collector";
import { clock, count, longDuration } from "../format";
import { useTicker } from "../hooks";
import { connection, wake } from "../live";
import { Note } from "./States";

/** Lost says since when the page is not connected, or the store cannot be read. What was loaded stays. */
export function Lost() {
  const { state, since, retryAt, reason } = connection.value;
  const lost = state === "lost" && Date.now() - since > 1500;
  useTicker(state === "lost", 500);
  if (!lost) return null;
  const seconds = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
  if (reason?.status === 503) {
    const queue = collector.value?.destinations.find((one) => one.type === "libsql")?.queue;
    return (
      <div class="band">
        <Note tone="err">
          <div>
            <strong>The store cannot be read.</strong> <span dir="auto">{reason.message}</span>, for {longDuration((Date.now() - since) / 1000)}.
            {queue ? ` Spans are still taken: ${count(queue.size)} ${queue.unit} wait in the queue.` : ""}
          </div>
        </Note>
      </div>
    );
  }
  return (
    <div class="band">
      <Note tone="warn" live>
        <div>
          <strong>Not connected since {clock(since)}.</strong> You see what was loaded before.{" "}
          <span aria-hidden="true">Trying again in {longDuration(seconds)}. </span>
          <button class="link" type="button" onClick={() => (wake.value += 1)}>
            Try now
          </button>
        </div>
      </Note>
    </div>
  );
}
