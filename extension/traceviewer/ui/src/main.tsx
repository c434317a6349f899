import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/components.css";
import "./styles/frame.css";
import "./styles/trace.css";
import { render } from "preact";
import { useEffect, useErrorBoundary } from "preact/hooks";
import * as collector from "./collector";
import { Frame } from "./components/Frame";
import { EmptyState, Note } from "./components/States";
import { useTitle } from "./hooks";
import * as keys from "./keys";
import * as router from "./router";
import * as theme from "./theme";
import { viewAt } from "./views/registry";

function App() {
  const parts = router.segments.value;
  const view = viewAt(parts);
  const Component = view?.component;
  return (
    <Frame section={view?.section ?? ""}>
      {Component ? (
        <Guard key={Component.name + parts[0]}>
          <Component rest={parts.slice(1)} />
        </Guard>
      ) : (
        <Nowhere />
      )}
    </Frame>
  );
}

/** Guard keeps a defect of one view from taking the frame with it. */
function Guard({ children }: { children: preact.ComponentChildren }) {
  const [error, reset] = useErrorBoundary();
  const address = router.here.value.href;
  useEffect(() => {
    if (error) reset();
  }, [address]);
  if (!error) return <>{children}</>;
  return (
    <div class="pad">
      <Note tone="err">
        <strong>This view has a defect.</strong> {String((error as Error).message ?? error)}{" "}
        <button class="link" type="button" onClick={reset}>
          Try again
        </button>
      </Note>
    </div>
  );
}

function Nowhere() {
  useTitle("Not found");
  return (
    <EmptyState title="There is no such page." heading>
      <a href="/traces">Traces</a>
    </EmptyState>
  );
}

theme.start();
if (location.pathname === "/") history.replaceState(null, "", `/traces${location.search}`);
router.start();
keys.start();
collector.start();
const root = document.getElementById("app");
if (root) render(<App />, root);
