// 反映问题: the phone's position, a place on the map, drafts, and a queue for when there is no network. All of it is extra:
// without script the form asks for the place in words and is sent as any form.
import { remember } from "./mine";
import { type Kept, all, forget, keep, read, send } from "./outbox";

const form = document.querySelector<HTMLFormElement>("form[data-report], form.form");
const rows = document.querySelector<HTMLElement>("[data-place]");
const field = (name: string): HTMLInputElement | HTMLTextAreaElement | null => {
  const found = form?.elements.namedItem(name);
  return found instanceof HTMLInputElement || found instanceof HTMLTextAreaElement ? found : null;
};

const set = (name: string, value: string): void => {
  const one = field(name);
  if (one) one.value = value;
};

function place(longitude: number, latitude: number): void {
  set("longitude", longitude.toFixed(6));
  set("latitude", latitude.toFixed(6));
  // the page may ask whether a place pressed before is still meant: this one is
  const meant = form?.querySelector<HTMLInputElement>("[name=pinned][value=yes]");
  if (meant) meant.checked = true;
}

const say = document.querySelector<HTMLElement>("[data-place-say]");
const tell = (words: string | undefined): void => {
  if (!say) return;
  say.textContent = words ?? "";
  say.hidden = !words;
};

let asked = 0; // only the last press is read back
/** Read a place pressed on the map back in words; without an answer it is kept all the same. */
async function readBack(map: HTMLElement | null, longitude: number, latitude: number): Promise<void> {
  const { picked, words, outside } = map?.dataset ?? {};
  const mine = ++asked;
  tell(picked);
  try {
    const answer = await fetch(`${words}?${new URLSearchParams({ longitude: longitude.toFixed(6), latitude: latitude.toFixed(6) })}`);
    const said = ((await answer.json()) as { words: string }).words;
    if (mine === asked) tell(said ? `${picked}${said}` : outside);
  } catch {
    // the pin stands where it was put
  }
}

if (form && rows) {
  rows.hidden = false;
  // where the place is asked for, not at the end of the form
  const asked = field("place")?.closest(".field");
  const boxes = [rows, say, document.querySelector<HTMLElement>("[data-map-box]")].filter((one) => one !== null);
  asked?.after(...boxes);
  const here = rows.querySelector<HTMLButtonElement>("[data-here]");
  if (here && !("geolocation" in navigator && window.isSecureContext)) here.hidden = true;
  here?.addEventListener("click", () => {
    here.disabled = true;
    tell(here.dataset.busy);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        here.disabled = false;
        place(coords.longitude, coords.latitude);
        tell(here.dataset.done);
      },
      (error) => {
        here.disabled = false;
        tell(error.code === error.PERMISSION_DENIED ? here.dataset.denied : here.dataset.missing);
      },
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 },
    );
  });
  const box = document.querySelector<HTMLElement>("[data-map-box]");
  const show = rows.querySelector<HTMLButtonElement>("[data-show-map]");
  show?.addEventListener("click", () => {
    if (!box) return;
    box.hidden = false;
    show.hidden = true;
    // the map's script is loaded by who wants a map
    void import("./map").then(({ start }) => start(box.querySelector<HTMLElement>(".map")));
  });
  box?.addEventListener("pick", (event) => {
    const { longitude, latitude } = (event as CustomEvent<{ longitude: number; latitude: number }>).detail;
    place(longitude, latitude);
    void readBack(box.querySelector<HTMLElement>(".map"), longitude, latitude);
  });
}

const report = document.querySelector<HTMLFormElement>("form[data-report]");
const queue = document.querySelector<HTMLElement>("[data-queue]");
const DRAFT = "linli-draft";

if (report && queue) {
  // a draft outlives a closed page; it is this browser's alone and goes once the report is sent, see main.ts
  const drafted = ["text", "place"];
  if (!report.querySelector(".error-summary, [data-ask-where]:not([hidden])")) {
    // the page may be one that was kept for when there is no network: what is written on it now is another report
    set("key", crypto.randomUUID());
    try {
      const draft = JSON.parse(localStorage.getItem(DRAFT) ?? "{}") as Record<string, string>;
      for (const name of drafted) {
        const one = field(name);
        if (one && !one.value && draft[name]) one.value = draft[name];
      }
    } catch {
      localStorage.removeItem(DRAFT);
    }
  }
  const draft = (): void => {
    localStorage.setItem(DRAFT, JSON.stringify(Object.fromEntries(drafted.map((name) => [name, field(name)?.value ?? ""]))));
  };
  report.addEventListener("input", draft);

  const words = queue.querySelector<HTMLElement>("[data-queue-say]");
  const list = queue.querySelector<HTMLElement>("[data-queue-list]");
  const line = (said: string | undefined, url?: string): void => {
    queue.hidden = false;
    if (!words) return;
    words.textContent = said ?? "";
    if (url) {
      const link = document.createElement("a");
      link.href = url;
      link.textContent = /\/report\/(\d+)\//.exec(url)?.[1] ?? queue.dataset.open ?? url;
      words.append(link);
    }
  };

  /** Write what waits back into the form, to be changed; it waits no longer, so that it is never sent as it was. */
  const takeBack = async (one: Kept): Promise<void> => {
    await forget(one.key);
    report.reset();
    for (const [name, value] of one.fields) {
      const held = report.elements.namedItem(name);
      if (held instanceof RadioNodeList) held.value = value;
      else if (held instanceof HTMLInputElement || held instanceof HTMLTextAreaElement) held.value = value;
    }
    const chosen = new DataTransfer();
    for (const photo of one.photos) chosen.items.add(photo);
    const input = field("photos");
    if (input instanceof HTMLInputElement) input.files = chosen.files;
    draft();
  };
  const button = (said: string | undefined, act: () => Promise<void>): HTMLButtonElement => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button small";
    made.textContent = said ?? "";
    made.addEventListener("click", () => void act());
    return made;
  };
  /** Show what waits, each with a way to change it and one not to send it at all. */
  const show = async (): Promise<void> => {
    const waiting = await all();
    list?.replaceChildren(
      ...waiting.map((one) => {
        const row = document.createElement("li");
        row.append(
          `${(one.fields.find(([name]) => name === "text")?.[1] ?? "").slice(0, 30)} `,
          button(queue.dataset.change, async () => {
            await takeBack(one);
            line(queue.dataset.changing);
            await show();
          }),
          " ",
          button(queue.dataset.drop, async () => {
            await forget(one.key);
            line(queue.dataset.dropped);
            await show();
          }),
        );
        return row;
      }),
    );
  };

  // a browser does not always know that the network is back: while something waits it is tried again, ever more seldom
  let pause = 4000;
  let next = 0;
  const again = (): void => {
    window.clearTimeout(next);
    next = window.setTimeout(() => void flush(), pause);
    pause = Math.min(pause * 2, 120_000);
  };
  let asked = false;
  const flush = async (): Promise<void> => {
    for (const one of await all()) {
      if (asked) break; // what the site asks back about one stands in the form; the others wait
      const outcome = await send(one, one.address ?? "/report/");
      if ("later" in outcome) {
        again();
        line(queue.dataset.waiting);
        break;
      }
      pause = 4000;
      if ("sent" in outcome) {
        await forget(one.key);
        const [, number, code] = /\/report\/(\d+)\/(\w+)\/$/.exec(outcome.sent) ?? [];
        if (number && code) remember(`${number}-${code}`);
        line(queue.dataset.sent, outcome.sent);
      } else {
        asked = true;
        await takeBack(one);
        line(queue.dataset.failed);
      }
    }
    await show();
  };

  const where = report.querySelector<HTMLElement>("[data-ask-where]");
  /** Whether nothing says where it is, and nobody asked yet; without a network the page asks it by itself, once. */
  const askWhere = (): boolean => {
    if (!where?.hidden || field("asked")?.value || field("place")?.value.trim() || field("longitude")?.value) return false;
    set("asked", "yes");
    where.hidden = false;
    where.focus();
    return true;
  };

  const put = async (): Promise<void> => {
    if (askWhere()) return;
    // as it is now, not as it was when the network was asked for; nobody is there to be asked whether it is the same
    const one = read(new FormData(report));
    const answered = ["same", "asked"];
    const fields: [string, string][] = [...one.fields.filter(([name]) => !answered.includes(name)), ["same", "none"], ["asked", "yes"]];
    await keep({ ...one, fields, at: Date.now(), address: location.pathname + location.search });
    localStorage.removeItem(DRAFT);
    report.reset();
    asked = false;
    // the next report is another, of another place: what is hidden is not reset by itself
    set("key", crypto.randomUUID());
    for (const name of ["asked", "longitude", "latitude"]) set(name, "");
    if (where) where.hidden = true;
    tell("");
    line(queue.dataset.waiting);
    await show();
    again();
    queue.scrollIntoView({ block: "center" });
  };

  let sending = false;
  report.addEventListener("submit", (event) => {
    if (navigator.onLine && !sending) {
      // the network may be gone without the browser knowing: ask the server's door before the page is left
      event.preventDefault();
      sending = true;
      fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(4000) })
        .then((answer) => answer.ok)
        .catch(() => false)
        .then((there) => {
          if (there) report.submit();
          else {
            sending = false;
            void put();
          }
        });
    } else if (!navigator.onLine) {
      event.preventDefault();
      void put();
    } else event.preventDefault(); // a second press while the door is asked
  });
  window.addEventListener("pageshow", () => (sending = false)); // come back to by the way back
  window.addEventListener("online", () => void flush());
  void flush();
  if ("serviceWorker" in navigator) void navigator.serviceWorker.register("/report/worker.js", { scope: "/report/" });
}
