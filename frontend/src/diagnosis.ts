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
