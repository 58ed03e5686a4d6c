import { describe, expect, it } from "vitest";
import { read, send, write } from "./outbox";

const form = (): FormData => {
  const made = new FormData();
  made.append("csrfmiddlewaretoken", "old");
  made.append("key", "k1");
  made.append("text", "路灯坏了");
  made.append("photos", new File(["x"], "a.jpg"));
  made.append("photos", new File([], ""));
  return made;
};
const page = new Response('<input name="csrfmiddlewaretoken" value="new">');
const redirected = (url: string): Response => Object.defineProperties(new Response(""), { redirected: { value: true }, url: { value: url } });

describe("what is kept of a form", () => {
  it("is everything but the old page's token and empty files", () => {
    const one = read(form());
    expect(one.key).toBe("k1");
    expect(one.fields).toEqual([["key", "k1"], ["text", "路灯坏了"]]);
    expect(one.photos.map((photo) => photo.name)).toEqual(["a.jpg"]);
    expect([...write(one, "new").keys()]).toEqual(["csrfmiddlewaretoken", "key", "text", "photos"]);
  });
});

describe("sending", () => {
  const one = read(form());
  it("waits for a network", async () => {
    expect(await send(one, "/report/", () => Promise.reject(new TypeError("offline")))).toEqual({ later: true });
    expect(await send(one, "/report/", () => Promise.resolve(new Response("", { status: 503 })))).toEqual({ later: true });
  });
  it("takes the token of a fresh page and says where the report stands", async () => {
    const asked: (RequestInit | undefined)[] = [];
    const get = (_address: unknown, init?: RequestInit): Promise<Response> => {
      asked.push(init);
      return Promise.resolve(init?.method === "POST" ? redirected("/report/2026/abc/") : page.clone());
    };
    expect(await send(one, "/report/", get as typeof fetch)).toEqual({ sent: "/report/2026/abc/" });
    expect((asked[1]?.body as FormData).get("csrfmiddlewaretoken")).toBe("new");
  });
  it("leaves to its writer what the site asks back", async () => {
    const get = (_address: unknown, init?: RequestInit): Promise<Response> =>
      Promise.resolve(init?.method === "POST" ? new Response("", { status: 422 }) : page.clone());
    expect(await send(one, "/report/", get as typeof fetch)).toEqual({ asked: true });
  });
});
