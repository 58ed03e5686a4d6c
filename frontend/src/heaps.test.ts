import { describe, expect, it } from "vitest";
import { left, together } from "./heaps";

const places = [{ at: "1", count: 3, x: 10, y: 10 }, { at: "2", count: 1, x: 70, y: 10 }, { at: "3", count: 5, x: 210, y: 10 }];

describe("how many more there are", () => {
  it("adds up with those that bear a number, and is nothing where all of a place do", () => {
    const standing = ["1", "1", "2", undefined];
    const found = left(places, standing);
    expect(found.map(({ at, count }) => [at, count])).toEqual([["1", 1], ["3", 5]]);
    expect(found.reduce((sum, { count }) => sum + count, 0) + 3).toBe(9);
  });

  it("stands together where it would overlap, apart where one comes nearer", () => {
    const far = together(places, ({ x, y }) => ({ x, y }), 80);
    expect(far.map((one) => one.map(({ at }) => at))).toEqual([["1", "2"], ["3"]]);
    expect(together(places, ({ x, y }) => ({ x: x * 4, y: y * 4 }), 80)).toHaveLength(3);
  });
});
