import type { Part } from "../../api";
import { bytes } from "../../format";
import { LongText, Value } from "../../views/trace/content";

/** Parts shows what one role says: text in steps, media by its type, data as a person writes it. */
export function Parts({ parts, lines }: { parts: readonly Part[]; lines: number }) {
  return (
    <>
      {parts.map((part, i) => (
        <PartView key={i} part={part} lines={lines} />
      ))}
    </>
  );
}

function PartView({ part, lines }: { part: Part; lines: number }) {
  switch (part.kind) {
    case "text":
      return <LongText text={part.text ?? ""} lines={lines} cut={part.cut} />;
    case "media":
      return (
        <p class="quiet">
          <bdi>{part.media_type || "media"}</bdi>
          {part.bytes ? `, ${bytes(part.bytes)}` : ""}, not shown
        </p>
      );
    default:
      return <Value value={part.data ?? part.text} lines={lines} cut={part.cut} />;
  }
}
