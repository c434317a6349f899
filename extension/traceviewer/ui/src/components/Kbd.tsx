const NAMES: Record<string, string> = {
  Enter: "↵",
  Escape: "esc",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Backspace: "⌫",
  Tab: "⇥",
  " ": "space",
};

/** Kbd shows keys: "g t" is two. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span class="kbds" aria-hidden="true">
      {keys.split(" ").map((key) => (
        <kbd key={key}>{NAMES[key] ?? key}</kbd>
      ))}
    </span>
  );
}
