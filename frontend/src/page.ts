// The page around the workbench's map: its words in the reader's language, its elements, its questions, what it sends.
const english = document.documentElement.lang.startsWith("en");
export const say = (chinese: string, inEnglish: string): string => (english ? inEnglish : chinese);
export const of = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
export const write = (place: Element, words: string): void => {
  if (place.textContent !== words) place.textContent = words;
};

/** Ask in the page's dialog; the answer's value, '' where it was closed. The first answer leads unless all are equals. */
export function ask(words: string, answers: readonly (readonly [string, string])[], leading = true): Promise<string> {
  const dialog = of<HTMLDialogElement>("choice");
  of("choice-words").textContent = words;
  return new Promise((done) => {
    of("choices").replaceChildren(
      ...answers.map(([value, title], k) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = k || !leading ? "button" : "button primary"; // communities are equals: none is put first
        button.textContent = title;
        button.addEventListener("click", () => dialog.close(value));
        return button;
      }),
    );
    dialog.returnValue = "";
    dialog.addEventListener("close", () => done(dialog.returnValue), { once: true });
    dialog.showModal();
  });
}

/** Send to the site; its answer in JSON, words of failure where there is none. */
export async function post(url: string, body: unknown): Promise<{ status: number; said: Record<string, unknown> }> {
  const token = document.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
  const answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify(body) });
  const json = answer.headers.get("Content-Type")?.includes("json");
  return { status: answer.status, said: json ? ((await answer.json()) as Record<string, unknown>) : { words: say("没有成功，请再试。", "That did not work; try again.") } };
}
