import { expect, test } from "vitest";
import { extent, finder, pack, project, unitAt, unproject } from "./geometry";

const square = (west: number, south: number, side: number): number[][] => [
  [west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south],
];

test("a place comes back from the unit square", () => {
  const [longitude, latitude] = unproject(...project(103.1, 26.1));
  expect(longitude).toBeCloseTo(103.1, 9);
  expect(latitude).toBeCloseTo(26.1, 9);
});

test("a point is found in its unit, not in the hole of another", () => {
  const units = pack([[[square(0, 0, 10), square(4, 4, 2)]], [[square(4, 4, 2)]]]);
  expect(unitAt(units, ...project(1, 1))).toBe(0);
  expect(unitAt(units, ...project(5, 5))).toBe(1);
  expect(unitAt(units, ...project(11, 1))).toBe(-1);
});

test("a unit of two pieces holds the points of both", () => {
  const units = pack([[[square(0, 0, 1)], [square(5, 5, 1)]]]);
  expect(unitAt(units, ...project(0.5, 0.5))).toBe(0);
  expect(unitAt(units, ...project(5.5, 5.5))).toBe(0);
  expect(unitAt(units, ...project(3, 3))).toBe(-1);
});

test("the extent holds every unit; no unit has none", () => {
  const found = extent(pack([[[square(103, 26, 1)]], [[square(105, 27, 1)]]]))!;
  [103, 26, 106, 28].forEach((value, k) => expect(found[k]).toBeCloseTo(value, 9));
  expect(extent(pack([]))).toBeNull();
});

test("the grid finds what a look at every unit finds", () => {
  const units = pack(Array.from({ length: 40 }, (_, k) => [[square(103 + (k % 8) * 0.01, 26 + Math.floor(k / 8) * 0.01, k % 3 ? 0.01 : 0.006)]]));
  const find = finder(units);
  for (let k = 0; k < 400; k++) {
    const place = project(102.99 + (k % 20) * 0.0051, 25.99 + Math.floor(k / 20) * 0.0037);
    expect(find(...place)).toBe(unitAt(units, ...place));
  }
});
