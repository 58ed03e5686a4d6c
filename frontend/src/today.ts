// 今日 and lists of matters by keyboard, and a word when the list has changed meanwhile.
export {};
const PAUSE = 15_000;
const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("[data-row]")];
let here = -1;

function go(step: number): void {
  const all = rows();
  if (!all.length) return;
  all[here]?.classList.remove("here");
  here = Math.min(Math.max(here + step, 0), all.length - 1);
  all[here]?.classList.add("here");
  all[here]?.querySelector<HTMLAnchorElement>("a")?.focus();
}

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.matches("input:not([type=checkbox]), textarea, select") || target.isContentEditable);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const box = rows()[here]?.querySelector<HTMLInputElement>("input[type=checkbox]");
  const links: Record<string, string> = { n: "/cases/enter", g: "/matters/map?mine=1", t: "/today/" };
  if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (event.key === "x" && box) box.checked = !box.checked;
  else if (event.key === "/") document.querySelector<HTMLInputElement>("[data-search]")?.focus();
  else if (links[event.key]) location.assign(links[event.key] ?? "");
  else return;
  event.preventDefault();
});

// all of a page at once
const every = document.querySelector<HTMLInputElement>("[data-all]");
if (every) {
  every.closest<HTMLElement>("label")!.hidden = false;
  every.addEventListener("change", () => {
    for (const box of document.querySelectorAll<HTMLInputElement>("[data-row] input[type=checkbox]")) box.checked = every.checked;
  });
}

const list = document.querySelector<HTMLElement>("[data-live]");
const news = document.querySelector<HTMLElement>("[data-news]");

/** Read the list anew where nobody is in the middle of choosing; otherwise say that it changed. */
async function look(): Promise<void> {
  if (!list || document.hidden) return;
  const answer = await fetch(list.dataset.live ?? "", { headers: { Accept: "application/json" } });
  if (!answer.ok || answer.redirected) return;
  const { stamp } = (await answer.json()) as { stamp: string };
  if (stamp === list.dataset.stamp) return;
  const busy = list.contains(document.activeElement) || list.querySelector("input:checked");
  if (busy) {
    if (news) news.hidden = false;
    return;
  }
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const fresh = page.getElementById(list.id);
  if (!fresh) return;
  list.replaceChildren(...fresh.childNodes);
  list.dataset.stamp = fresh.dataset.stamp ?? stamp;
  here = -1;
}

if (list) {
  window.setInterval(() => void look().catch(() => undefined), PAUSE);
  document.addEventListener("visibilitychange", () => void look().catch(() => undefined));
}
