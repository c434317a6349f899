// What is looked for is marked in the pane without touching its elements: by the browser's
// own highlights (https://developer.mozilla.org/docs/Web/API/CSS_Custom_Highlight_API).

const name = "trace-find";

/** So many matches are marked. */
const most = 500;

/** highlight marks a text below an element, whatever its case; "" marks nothing. It says how many there are. */
export function highlight(root: HTMLElement | null, text: string): number {
  if (typeof Highlight === "undefined" || !CSS.highlights) return 0;
  CSS.highlights.delete(name);
  const want = text.trim().toLowerCase();
  if (!root || want.length < 2) return 0;
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node && ranges.length < most; node = walker.nextNode()) {
    const inside = (node.nodeValue ?? "").toLowerCase();
    for (let at = inside.indexOf(want); at >= 0 && ranges.length < most; at = inside.indexOf(want, at + want.length)) {
      const end = at + want.length;
      // Some letters change their length with their case; the end of the text is as far as it goes.
      if (end > node.nodeValue!.length) break;
      const range = new Range();
      range.setStart(node, at);
      range.setEnd(node, end);
      ranges.push(range);
    }
  }
  if (ranges.length) CSS.highlights.set(name, new Highlight(...ranges));
  return ranges.length;
}
