// 反映问题: the phone's position, a place on the map, drafts, and a queue for when there is no network. All of it is extra:
// without script the form asks for the place in words and is sent as any form.
import { type Kept, all, forget, keep, read, send } from "./outbox";

const form = document.querySelector<HTMLFormElement>("form[data-report], form.form");
const rows = document.querySelector<HTMLElement>("[data-place]");
const field = (name: string): HTMLInputElement | HTMLTextAreaElement | null => {
  const found = form?.elements.namedItem(name);
  return found instanceof HTMLInputElement || found instanceof HTMLTextAreaElement ? found : null;
};

function place(longitude: number, latitude: number): void {
  const [x, y] = [field("longitude"), field("latitude")];
  if (x && y) [x.value, y.value] = [longitude.toFixed(6), latitude.toFixed(6)];
}

const say = document.querySelector<HTMLElement>("[data-place-say]");
const tell = (words: string | undefined): void => {
  if (!say) return;
  say.textContent = words ?? "";
  say.hidden = !words;
};

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
    tell(box.querySelector<HTMLElement>(".map")?.dataset.picked);
  });
}

const report = document.querySelector<HTMLFormElement>("form[data-report]");
const queue = document.querySelector<HTMLElement>("[data-queue]");
const DRAFT = "linli-draft";

if (report && queue) {
  // a draft outlives a closed page; it is this browser's alone and goes once the report is sent
  const drafted = ["text", "place"];
  if (!report.querySelector(".error-summary")) {
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
  report.addEventListener("input", () => {
    const draft = Object.fromEntries(drafted.map((name) => [name, field(name)?.value ?? ""]));
    localStorage.setItem(DRAFT, JSON.stringify(draft));
  });

  const line = (words: string | undefined, url?: string): void => {
    queue.hidden = false;
    queue.textContent = words ?? "";
    if (url) {
      const link = document.createElement("a");
      link.href = url;
      link.textContent = /\/report\/(\d+)\//.exec(url)?.[1] ?? queue.dataset.open ?? url;
      queue.append(link);
    }
  };

  // a browser does not always know that the network is back: while something waits it is tried again, ever more seldom
  let pause = 4000;
  let next = 0;
  const again = (): void => {
    window.clearTimeout(next);
    next = window.setTimeout(() => void flush(), pause);
    pause = Math.min(pause * 2, 120_000);
  };
  const flush = async (): Promise<void> => {
    for (const one of await all()) {
      const outcome = await send(one, "/report/");
      if ("later" in outcome) {
        again();
        return line(queue.dataset.waiting);
      }
      pause = 4000;
      await forget(one.key);
      if ("sent" in outcome) line(queue.dataset.sent, outcome.sent);
      else {
        for (const [name, value] of one.fields) {
          const held = field(name);
          if (held && held.getAttribute("type") !== "radio") held.value = value;
        }
        const chosen = new DataTransfer();
        for (const photo of one.photos) chosen.items.add(photo);
        const input = field("photos");
        if (input instanceof HTMLInputElement) input.files = chosen.files;
        line(queue.dataset.failed);
      }
    }
  };

  const put = async (one: Omit<Kept, "at">): Promise<void> => {
    // nobody is there to be asked whether a neighbour's report is the same
    await keep({ ...one, fields: [...one.fields.filter(([name]) => name !== "same"), ["same", "none"]], at: Date.now() });
    localStorage.removeItem(DRAFT);
    report.reset();
    const key = field("key");
    if (key) key.value = crypto.randomUUID(); // the next report is another
    line(queue.dataset.waiting);
    again();
    queue.scrollIntoView({ block: "center" });
  };

  let sending = false;
  report.addEventListener("submit", (event) => {
    const one = read(new FormData(report));
    if (navigator.onLine && !sending) {
      // the network may be gone without the browser knowing: ask the server's door before the page is left
      event.preventDefault();
      sending = true;
      fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(4000) })
        .then((answer) => answer.ok)
        .catch(() => false)
        .then((there) => {
          if (there) {
            localStorage.removeItem(DRAFT);
            report.submit();
          } else {
            sending = false;
            void put(one);
          }
        });
    } else if (!navigator.onLine) {
      event.preventDefault();
      void put(one);
    }
  });
  window.addEventListener("online", () => void flush());
  void flush();
  if ("serviceWorker" in navigator) void navigator.serviceWorker.register("/report/worker.js", { scope: "/report/" });
}
