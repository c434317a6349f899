// Light, dark, or as the system has it.
import { signal } from "@preact/signals";

export type Theme = "auto" | "light" | "dark";

const STORED = "otelcol-llm.theme";

function stored(): Theme {
  try {
    const value = localStorage.getItem(STORED);
    return value === "light" || value === "dark" ? value : "auto";
  } catch {
    return "auto";
  }
}

/** theme is what the person has chosen. */
export const theme = signal<Theme>("auto");

/** setTheme chooses, and keeps that. */
export function setTheme(to: Theme): void {
  theme.value = to;
  if (to === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = to;
  try {
    localStorage.setItem(STORED, to);
  } catch {
    // Without storage it lasts as long as the page.
  }
}

/** start applies what was chosen before. */
export function start(): void {
  setTheme(stored());
}
