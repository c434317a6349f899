import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useEvent } from "../hooks";

interface Props {
  /** label is what the button shows. */
  label: ComponentChildren;
  /** name is what the list is called. */
  name?: string;
  /** picture is set where label is one: then name is that of the button too. */
  picture?: boolean;
  class?: string;
  align?: "start" | "end";
  /** kind is menu for actions, dialog for what has fields or boxes. */
  kind?: "menu" | "dialog";
  children: (close: () => void) => ComponentChildren;
  /** opener is told how to open it, for a key. */
  opener?: (open: () => void) => void;
}

/** Menu is a button that opens a list. Esc, Tab and a click elsewhere close it. */
export function Menu({ label, name, picture = false, class: style, align = "start", kind = "menu", children, opener }: Props) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = useEvent(() => {
    if (box.current?.contains(document.activeElement)) button.current?.focus();
    setOpen(false);
  });
  opener?.(() => setOpen(true));

  useEffect(() => {
    if (!open) return;
    items(box.current)[0]?.focus();
    const outside = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);

  const keydown = (event: KeyboardEvent) => {
    if (!open) return;
    const list = items(box.current);
    const at = list.indexOf(document.activeElement as HTMLElement);
    const go = (to: number) => list[(to + list.length) % list.length]?.focus();
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") go(at + 1);
    else if (event.key === "ArrowUp") go(at - 1);
    else if (event.key === "Home" && kind === "menu") go(0);
    else if (event.key === "End" && kind === "menu") go(-1);
    else if (event.key === "Tab" && kind === "menu") return setOpen(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="menu-at" ref={box} onKeyDown={keydown}>
      <button
        ref={button}
        type="button"
        class={style ?? "button"}
        aria-haspopup={kind}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={picture ? name : undefined}
        onClick={() => setOpen(!open)}
      >
        {label}
      </button>
      {open && (
        <div class={`menu at-${align}`} id={id} role={kind} aria-label={name ?? (typeof label === "string" ? label : undefined)}>
          {children(close)}
        </div>
      )}
    </div>
  );
}

function items(box: HTMLElement | null): HTMLElement[] {
  return [...(box?.querySelectorAll<HTMLElement>(".menu :is(a[href], button, input):not([disabled])") ?? [])];
}

/** MenuItem is an action of a Menu, or a link where it has href. */
export function MenuItem({ children, onSelect, href, note, checked }: {
  children: ComponentChildren;
  onSelect?: () => void;
  href?: string;
  note?: ComponentChildren;
  checked?: boolean;
}) {
  const inside = (
    <>
      <span>{children}</span>
      {note && <span class="menu-note">{note}</span>}
    </>
  );
  return href ? (
    <a class="menu-item" role="menuitem" href={href} onClick={onSelect}>
      {inside}
    </a>
  ) : (
    <button
      class="menu-item"
      type="button"
      role={checked === undefined ? "menuitem" : "menuitemradio"}
      aria-checked={checked}
      onClick={onSelect}
    >
      {inside}
    </button>
  );
}
