import { useState } from "preact/hooks";
import { type Loop, now } from "../../api";
import { Glyph } from "../../components/Glyph";
import { Money } from "../../components/Money";
import { Text } from "../../components/Text";
import { count, utc, when } from "../../format";
import { to } from "../../router";

const FIRST = 10;

/** Loops are calls of a tool with the same arguments again and again, with what that cost. */
export function Loops({ rows }: { rows: readonly Loop[] }) {
  const [all, showAll] = useState(false);
  const shown = all ? rows : rows.slice(0, FIRST);
  return (
    <>
      <table class="loops">
        <thead>
          <tr>
            <th scope="col">Tool</th>
            <th scope="col" class="arguments">
              Arguments
            </th>
            <th scope="col" class="n">
              Times
            </th>
            <th scope="col" class="where">
              In
            </th>
            <th scope="col" class="when">
              When
            </th>
            <th scope="col" class="n">
              Cost
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((loop) => (
            <tr key={loop.trace_id + loop.span_id}>
              <th scope="row">
                <span class="run-name">
                  <Glyph kind="tool" />
                  <a href={to(["traces", loop.trace_id], { span: loop.span_id })}>
                    <Text text={loop.tool || "(no name)"} quiet />
                  </a>
                </span>
              </th>
              <td class="arguments">
                <code>
                  <Text text={loop.arguments} quiet />
                </code>
              </td>
              <td class="n times">×{count(loop.times)}</td>
              <td class="where">
                <Text text={loop.agent || loop.trace} quiet />
              </td>
              <td class="when" title={utc(loop.start)}>
                {when(loop.start, now())}
              </td>
              <td class="n">{loop.usd === null ? <span class="quiet" title="No model call with a price between the first and the last">unknown</span> : <Money usd={loop.usd} column="list" />}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > FIRST && (
        <button class="link more" type="button" onClick={() => showAll(!all)}>
          {all ? `Show ${FIRST}` : `Show all ${count(rows.length)}`}
        </button>
      )}
    </>
  );
}
