// 我的反映: number and code of what was sent from this browser, kept by it alone, shown with how it stands, forgotten at a press.
export const MOST = 8;
const KEPT = "linli-mine", SENDING = "linli-sending";
const PROGRESS = /^\/report\/(\d+)\/(\w+)\/$/;
const SENT_FROM = /^\/report\/(public\/\w+)?$/;
interface Told { number: string; title: string; state: string; look: string }

/** What is kept, the newest first: `number-code` each; nothing where what lies there cannot be read. */
export function kept(): string[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(found) ? found.filter((one): one is string => typeof one === "string" && /^\d+-\w+$/.test(one)) : [];
  } catch {
    return [];
  }
}

function write(all: string[]): void {
  if (all.length) localStorage.setItem(KEPT, JSON.stringify(all.slice(0, MOST)));
  else localStorage.removeItem(KEPT);
}

export const remember = (one: string): void => write([one, ...kept().filter((other) => other !== one)]);
export const drop = (one: string): void => write(kept().filter((other) => other !== one));

/** Keep what the page of a report's progress is about, where it was opened by sending the report. */
export function arrived(path: string): void {
  const [, number, secret] = PROGRESS.exec(path) ?? [];
  if (!number || !secret) return;
  if (sessionStorage.getItem(SENDING)) remember(`${number}-${secret}`);
  sessionStorage.removeItem(SENDING);
}

/** Note that a report is on its way, so that the page that answers it is known for its own. */
export function leaving(path: string): void {
  if (SENT_FROM.test(path)) sessionStorage.setItem(SENDING, "yes");
}

function row(one: Told, secret: string): HTMLElement {
  const made = document.createElement("li"), link = document.createElement("a"), tag = document.createElement("span");
  link.href = `/report/${one.number}/${secret}/`;
  link.textContent = one.title || one.number;
  tag.className = `tag ${one.look === "due" ? "act" : one.look === "done" ? "done" : "going"}`;
  tag.textContent = one.state;
  made.append(link, tag);
  return made;
}

async function show(section: HTMLElement): Promise<void> {
  const all = kept();
  if (!all.length) return;
  const answer = await fetch(`${section.dataset.mine}?${new URLSearchParams(all.map((one) => ["of", one]))}`);
  if (!answer.ok) return; // too often, or no network: what is kept stays
  const { reports } = (await answer.json()) as { reports: Told[] };
  const codes = new Map(all.map((one) => one.split("-") as [string, string]));
  write(all.filter((one) => reports.some(({ number }) => one.startsWith(`${number}-`)))); // the site knows no others any more
  section.querySelector("ul")?.replaceChildren(...reports.map((one) => row(one, codes.get(one.number) ?? "")));
  section.hidden = reports.length === 0;
}

export function start(): void {
  arrived(location.pathname);
  document.addEventListener("submit", () => leaving(location.pathname));
  const section = document.querySelector<HTMLElement>("[data-mine]");
  if (section) {
    section.querySelector("[data-mine-forget]")?.addEventListener("click", () => {
      write([]);
      section.hidden = true;
    });
    void show(section);
  }
  const button = document.querySelector<HTMLButtonElement>("[data-keep]");
  const one = button?.dataset.keep;
  if (button && one) {
    const words = button.textContent;
    const say = (): void => void (button.textContent = (kept().includes(one) ? button.dataset.kept : words) ?? "");
    button.hidden = false;
    button.addEventListener("click", () => {
      if (kept().includes(one)) drop(one);
      else remember(one);
      say();
    });
    say();
  }
}
