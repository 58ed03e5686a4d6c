// Reports that were written without a network: kept in the browser until they are sent, each once by its key.
export interface Kept {
  key: string;
  fields: [string, string][];
  photos: File[];
  at: number;
  address?: string; // of the page that it was written on: the code at a door says where
}

const NAME = "linli-reports";
const STORE = "reports";

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error("no database in this browser"));
  });
}

async function run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const change = database.transaction(STORE, mode);
      const asked = act(change.objectStore(STORE));
      change.oncomplete = () => resolve(asked.result);
      change.onerror = () => reject(change.error ?? new Error("not kept"));
      change.onabort = () => reject(change.error ?? new Error("not kept"));
    });
  } finally {
    database.close();
  }
}

export const keep = (one: Kept): Promise<unknown> => run("readwrite", (store) => store.put(one));
export const forget = (key: string): Promise<unknown> => run("readwrite", (store) => store.delete(key));
export const all = async (): Promise<Kept[]> =>
  (await run<Kept[]>("readonly", (store) => store.getAll())).sort((a, b) => a.at - b.at);

/** What a form says, apart from the token of the page that it was written on; files apart. */
export function read(form: FormData): Omit<Kept, "at" | "address"> {
  const fields: [string, string][] = [];
  const photos: File[] = [];
  for (const [name, value] of form.entries()) {
    if (name === "csrfmiddlewaretoken") continue;
    if (typeof value === "string") fields.push([name, value]);
    else if (value.size > 0) photos.push(value);
  }
  return { key: fields.find(([name]) => name === "key")?.[1] ?? "", fields, photos };
}

/** What is sent: the fields and photographs, with the token of a page that was read just now. */
export function write(one: Omit<Kept, "at" | "address">, token: string): FormData {
  const form = new FormData();
  form.append("csrfmiddlewaretoken", token);
  for (const [name, value] of one.fields) form.append(name, value);
  for (const photo of one.photos) form.append("photos", photo, photo.name);
  return form;
}

export type Outcome = { sent: string } | { asked: true } | { later: true };

/** Send one; the key makes a report that arrived without our learning of it the same report. */
export async function send(one: Omit<Kept, "at" | "address">, address: string, get: typeof fetch = fetch): Promise<Outcome> {
  let answer: Response;
  try {
    const page = await get(address, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!page.ok) return { later: true };
    const token = /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(await page.text())?.[1];
    if (!token) return { later: true };
    answer = await get(address, { method: "POST", body: write(one, token) });
  } catch {
    return { later: true };
  }
  if (answer.redirected && answer.ok) return { sent: answer.url };
  // the site asks something back: a building of several, a neighbour's report
  return answer.status === 422 ? { asked: true } : { later: true };
}
