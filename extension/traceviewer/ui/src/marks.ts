// Marks are what sensitive_filter leaves where a value was. Its README has their forms:
// [REDACTED:rule], [REDACTED], and of the styles hash and indexed [email:0f3a…] (16 digits
// or more: shorter ones may be anything) and [EMAIL_2].

/** A piece of a text: plain, or a mark. */
export interface Piece {
  text: string;
  /** mark is the name that stands on the ink: the rule's, or "redacted". */
  mark?: string;
}

const MARK = /\[REDACTED(?::([A-Za-z0-9_.-]{1,80}))?\]|\[((?!sha|md5|commit|digest)[a-z][a-z0-9_.-]{1,60}:[0-9a-f]{16,64}|[A-Z][A-Z0-9_]{1,60}_[0-9]{1,6})\]/g;

/** A mark that a preview has cut off in its middle: "…mail [REDACTED:pii.em". */
const CUT = /\[REDACTED(?::([A-Za-z0-9_.-]{0,80}))?(…?)$/;

/** pieces divides a text at its marks. */
export function pieces(text: string): Piece[] {
  if (!text.includes("[")) return text === "" ? [] : [{ text }];
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(MARK)) {
    if (match.index > from) found.push({ text: text.slice(from, match.index) });
    found.push({ text: match[0], mark: match[1] ?? match[2] ?? "redacted" });
    from = match.index + match[0].length;
  }
  const rest = text.slice(from);
  const cut = CUT.exec(rest);
  if (cut) {
    if (cut.index > 0) found.push({ text: rest.slice(0, cut.index) });
    found.push({ text: cut[0], mark: cut[1] || "redacted" });
    if (cut[2]) found.push({ text: cut[2] });
  } else if (rest !== "") {
    found.push({ text: rest });
  }
  return found;
}
