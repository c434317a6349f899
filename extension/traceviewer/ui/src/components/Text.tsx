import { memo } from "./memo";
import { pieces } from "../marks";

/** Chip is ink where a value was. quiet is for lists. */
export function Chip({ rule, quiet = false }: { rule: string; quiet?: boolean }) {
  return (
    <span class={quiet ? "chip quiet" : "chip"} role="img" aria-label={rule === "redacted" ? "redacted" : `redacted, rule ${rule}`}>
      {rule}
    </span>
  );
}

/** Characters that no font shows and that turn a line around; they are shown as what they are. */
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g;

/** visible replaces control characters by pictures of them. */
export function visible(text: string): string {
  return text.replace(CONTROLS, (c) => {
    const code = c.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? "\u2421" : "\ufffd";
  });
}

interface Props {
  text: string;
  /** quiet draws redactions grey, for lists. */
  quiet?: boolean;
  class?: string;
  /** block keeps line ends, and takes its direction from the text. */
  block?: boolean;
}

/** Text shows what came from outside: as text, with its own direction, its redactions as ink. */
export const Text = memo(function Text({ text, quiet = false, class: name, block = false }: Props) {
  const parts = pieces(text).map((piece, i) =>
    piece.mark === undefined ? visible(piece.text) : <Chip key={i} rule={piece.mark} quiet={quiet} />,
  );
  return block ? (
    <div class={`text ${name ?? ""}`} dir="auto">
      {parts}
    </div>
  ) : (
    <bdi class={name} dir="auto">
      {parts}
    </bdi>
  );
});
