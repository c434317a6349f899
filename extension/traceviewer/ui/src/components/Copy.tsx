import { useEffect, useState } from "preact/hooks";

/** copy puts text on the clipboard; where the browser does not let it, it says false. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Copy is a button that copies, and says for a moment that it has. */
export function Copy({ text, label = "Copy", class: style = "button" }: { text: string; label?: string; class?: string }) {
  const [said, say] = useState("");
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => say(""), 1600);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <button class={style} type="button" onClick={async () => say((await copy(text)) ? "Copied" : "Not allowed")}>
      <span aria-live="polite">{said || label}</span>
    </button>
  );
}
