import { to } from "../../router";
import type { ToolBlock } from "../../views/trace/transcript";
import { Value, wholeSpan } from "../../views/trace/content";
import { Glyph } from "../Glyph";
import { Tag } from "../States";
import { Text } from "../Text";

/** ToolCall is a call of a tool and its result as one block, with a link to the tool's own span. */
export function ToolCall({ block, trace }: { block: ToolBlock; trace: string }) {
  const rest = block.spanId ? wholeSpan(trace, block.spanId) : undefined;
  return (
    <div class={`toolcall${block.failed ? " failed" : ""}`}>
      <div class="tool-head">
        <Glyph kind="tool" />
        <Text text={block.tool || "tool"} class="tool-name" />
        {block.failed && <Tag tone="err">failed</Tag>}
        {block.spanId && <a href={to(["traces", trace], { span: block.spanId })}>Open ↗</a>}
      </div>
      <dl>
        <div>
          <dt>Arguments</dt>
          <dd>{block.arguments === undefined || block.arguments === null ? <span class="quiet">none</span> : <Value value={block.arguments} lines={4} width={72} cut={block.cut?.arguments} rest={rest} />}</dd>
        </div>
        <div>
          <dt>Result</dt>
          <dd>{block.hasResult ? <Value value={block.result} lines={6} width={72} cut={block.cut?.result} rest={rest} /> : <span class="quiet">none yet</span>}</dd>
        </div>
      </dl>
    </div>
  );
}
