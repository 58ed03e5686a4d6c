// The check-up answers at once: a changed field asks the server again and swaps the result in place.
import "./styles/diagnosis.css";

const form = document.querySelector<HTMLFormElement>("form[data-live]");
const place = form && document.getElementById(form.dataset.live ?? "");

if (form && place) {
  let waiting = 0;
  let asked = 0;
  const ask = async (): Promise<void> => {
    const number = ++asked;
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value !== "") query.append(name, String(value));
    const address = `${form.action}?${query}`;
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok || number !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(place.id);
    if (fresh) place.replaceChildren(...fresh.childNodes);
    history.replaceState(null, "", address);
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => void ask(), 250);
  });
}

// Two plans over each other: the chosen one on the left covers the other up to a line that is pulled.
const swipe = document.querySelector<HTMLElement>("[data-swipe]");
if (swipe) {
  const [left, right] = ["left", "right"].map((side) => swipe.querySelector<HTMLSelectElement>(`[data-${side}]`)!) as [HTMLSelectElement, HTMLSelectElement];
  const at = swipe.querySelector<HTMLInputElement>("[data-at]")!;
  const maps = [...swipe.querySelectorAll<HTMLElement>(".swipe-map")];
  const show = (): void => {
    for (const map of maps) {
      const over = map.dataset.plan === left.value;
      map.hidden = !over && map.dataset.plan !== right.value;
      map.classList.toggle("over", over);
      map.style.clipPath = over ? `inset(0 ${100 - Number(at.value)}% 0 0)` : "";
    }
    swipe.style.setProperty("--at", `${at.value}%`);
  };
  for (const control of [left, right, at]) control.addEventListener("input", show);
  show();
}

document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
