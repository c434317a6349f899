import "./search.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { type ApiError, type Hit, type Page, get } from "../../api";
import { Glyph } from "../../components/Glyph";
import { EmptyState, ErrorState, Loading } from "../../components/States";
import { Text } from "../../components/Text";
import { count, utc, when } from "../../format";
import { useEvent, useFetch, useTitle } from "../../hooks";
import { useKeys } from "../../keys";
import { kindOf, labelOf } from "../../kind";
import { navigate, params, to } from "../../router";
import type { ViewProps } from "../registry";

const PAGE = 50;

/** SearchView finds spans by text, names and ids. */
export function SearchView(_: ViewProps) {
  const text = params.value.get("q")?.trim() ?? "";
  useTitle(text ? `Search: ${text}` : "Search");
  const { data, error, late, reload } = useFetch<Page<Hit>>(text ? "/search" : null, { q: text, limit: PAGE });
  const [more, setMore] = useState<Page<Hit> | undefined>(undefined);
  const [failed, fail] = useState<ApiError | undefined>(undefined);
  const [at, setAt] = useState(-1);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    setMore(undefined);
    setAt(-1);
  }, [data]);

  const hits = [...(data?.items ?? []), ...(more?.items ?? [])];
  const next = more ? more.next : data?.next;

  const move = useEvent((step: number) => {
    const to = Math.max(0, Math.min(hits.length - 1, at + step));
    setAt(to);
    list.current?.querySelectorAll<HTMLElement>(".row-link")[to]?.focus();
  });
  useKeys("search", [
    { keys: "j", label: "move", run: () => move(1) },
    { keys: "k", label: "move", run: () => move(-1) },
    { keys: "Escape", label: "back to the list", run: () => navigate("/traces") },
  ]);

  const loadMore = async () => {
    try {
      const page = await get<Page<Hit>>("/search", { q: text, limit: PAGE, cursor: next ?? "" });
      setMore({ items: [...(more?.items ?? []), ...(page.items ?? [])], ...(page.next ? { next: page.next } : {}) });
      fail(undefined);
    } catch (err) {
      fail(err as ApiError);
    }
  };

  return (
    <div class="search-view">
      <h1 class="sr">{text ? `Search: ${text}` : "Search"}</h1>
      <form
        class="search-form"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          const value = new FormData(event.currentTarget).get("q");
          if (typeof value === "string" && value.trim()) navigate(to(["search"], { q: value.trim() }));
        }}
      >
        <input class="field" name="q" type="search" aria-label="Search text, names, ids" placeholder="Search text, names, ids" defaultValue={text} key={text} autofocus={text === ""} />
      </form>
      {error ? (
        <ErrorState error={error} retry={reload} what="The search" />
      ) : text === "" ? (
        <EmptyState title="What are you looking for?">Words of a prompt or an answer, the name of a span or a tool, a trace or span id, or its beginning.</EmptyState>
      ) : !data ? (
        <Loading late={late} label="Searching" />
      ) : hits.length === 0 ? (
        <EmptyState title="Nothing found.">
          No span has “<Text text={text} quiet />” in its input, output, error, name or id. Redacted values cannot be found: they were never stored.
        </EmptyState>
      ) : (
        <>
          <p class="search-sum">
            <b>
              {count(hits.length)}
              {next ? "+" : ""}
            </b>{" "}
            <span>
              {hits.length === 1 ? "span" : "spans"} with “<Text text={text} quiet />”
            </span>
            <a href={to(["traces"], { text })}>As a filter of traces</a>
          </p>
          <div class="hits" ref={list} role="list">
            {hits.map((hit, i) => (
              <Found key={`${hit.trace_id} ${hit.span_id} ${hit.where} ${i}`} hit={hit} text={text} selected={i === at} same={hits[i - 1]?.trace_id === hit.trace_id} />
            ))}
          </div>
          {failed && <ErrorState error={failed} retry={loadMore} what="The next page" />}
          {next && (
            <p class="pad">
              <button class="button" type="button" onClick={loadMore}>
                Show more
              </button>
            </p>
          )}
        </>
      )}
    </div>
  );
}

/** Found is a span; same is set where it is of the same trace as the one before. */
function Found({ hit, text, selected, same }: { hit: Hit; text: string; selected: boolean; same: boolean }) {
  return (
    <div class={`hit${selected ? " selected" : ""}${same ? " same" : ""}`} role="listitem">
      <span class="hit-when" title={utc(hit.start)}>
        <span class={same ? "sr" : undefined}>{when(hit.start)}</span>
      </span>
      <Glyph kind={kindOf(hit.type)} />
      <div class="hit-text">
        <a class="row-link" href={to(["traces", hit.trace_id], { span: hit.span_id })}>
          <Text text={labelOf(hit).text} quiet />
        </a>
        <span class="hit-where">{hit.where}</span>
        <div class="hit-excerpt" dir="auto">
          <Marked text={hit.excerpt} word={text} />
        </div>
      </div>
      <span class="hit-service">
        <Text text={same ? "" : (hit.service ?? "")} quiet />
      </span>
    </div>
  );
}

/** Marked shows where the word stands. */
function Marked({ text, word }: { text: string; word: string }) {
  const lower = text.toLowerCase();
  const find = word.toLowerCase();
  // Letters whose lower case is longer would move what is found.
  const at = lower.length === text.length ? lower.indexOf(find) : -1;
  if (at < 0) return <Text text={text} quiet />;
  return (
    <>
      <Text text={text.slice(0, at)} quiet />
      <mark>{text.slice(at, at + find.length)}</mark>
      <Text text={text.slice(at + find.length)} quiet />
    </>
  );
}
