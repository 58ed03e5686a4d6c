// A page that waits for long work asks again each second and shows how far it is; once the work ends the page is read anew.
const PAUSE = 1000;

async function ask(box: HTMLElement): Promise<void> {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(box.id);
  if (answer.redirected || !fresh?.hasAttribute("data-poll")) {
    location.reload();
    return;
  }
  box.replaceChildren(...fresh.childNodes);
  window.setTimeout(() => void ask(box), PAUSE);
}

const waiting = document.querySelector<HTMLElement>("[data-poll]");
if (waiting) window.setTimeout(() => void ask(waiting), PAUSE);
