// What every page loads: the look, and small comforts that a page does without where no script runs.
import "./styles/main.css";
import { start } from "./mine";

// one drop-down at a time; Escape or a press elsewhere closes it
const drops = (): NodeListOf<HTMLDetailsElement> => document.querySelectorAll<HTMLDetailsElement>("details.drop[open]");
document.addEventListener("click", (event) => {
  for (const drop of drops()) if (!drop.contains(event.target as Node)) drop.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const drop of drops()) {
    drop.open = false;
    drop.querySelector("summary")?.focus();
  }
});

// Ctrl-K leads to the search of pages and things, wherever one is
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
  const field = document.querySelector<HTMLInputElement>("[data-find]");
  if (!field) return;
  event.preventDefault();
  if (field.offsetParent) field.select();
  else location.assign(field.form?.action ?? "");
});

// a form that came back with errors is read from its summary on
document.querySelector<HTMLElement>("form [data-focus]")?.focus({ preventScroll: true });

// who reads how his report stands has sent it: the draft of it is done with, see report.ts
if (/^\/report\/\d+\/\w+\/$/.test(location.pathname)) localStorage.removeItem("linli-draft");

start();
