import { beforeEach, describe, expect, it } from "vitest";
import { MOST, arrived, drop, kept, leaving, remember } from "./mine";

function store(): Storage {
  const held = new Map<string, string>();
  return {
    get length() { return held.size; },
    clear: () => held.clear(),
    getItem: (key) => held.get(key) ?? null,
    key: (at) => [...held.keys()][at] ?? null,
    removeItem: (key) => void held.delete(key),
    setItem: (key, value) => void held.set(key, value),
  };
}

beforeEach(() => Object.assign(globalThis, { localStorage: store(), sessionStorage: store() }));

describe("what was sent from this browser", () => {
  it("is kept where the page was opened by sending, and not where somebody looked it up", () => {
    arrived("/report/202600000001/abcd2345/");
    expect(kept()).toEqual([]);
    for (const [from, number] of [["/report/", 2], ["/report/public/202600000007", 3]] as const) {
      leaving(from);
      arrived(`/report/20260000000${number}/abcd2345/`);
    }
    leaving("/report/look-up");
    arrived("/report/202600000004/abcd2345/");
    expect(kept()).toEqual(["202600000003-abcd2345", "202600000002-abcd2345"]);
  });

  it("is kept once, the newest first, and no more than the site tells of at once", () => {
    for (let k = 0; k < 12; k++) remember(`${k}-abc`);
    remember("7-abc");
    expect(kept()).toHaveLength(MOST);
    expect(kept()[0]).toBe("7-abc");
    drop("7-abc");
    expect(kept()).not.toContain("7-abc");
  });

  it("is nothing where what lies there is something else", () => {
    for (const wrong of ["{", "7", '["x", 3, "../1-a"]']) {
      localStorage.setItem("linli-mine", wrong);
      expect(kept()).toEqual([]);
    }
  });
});
