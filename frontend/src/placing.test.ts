import { describe, expect, it } from "vitest";
import { type Box, type Name, type Point, place, spine, width } from "./placing";

const VIEW = { width: 800, height: 600 };
const street = (text: string, line: Point[], rank = 3): Name => ({ text, rank, size: 12, ink: "map-name", along: true, lines: [line] });
const spot = (text: string, x: number, y: number, rank = 1): Name => ({ text, rank, size: 15, ink: "ink", along: false, lines: [[[x, y]]] });
const meet = (a: Box, b: Box): boolean => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

describe("names on a map", () => {
  it("never lie over each other or beyond the view, however many there are", () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
    const names = Array.from({ length: 400 }, (_, k) => {
      const [x, y] = [random() * 800, random() * 600];
      return k % 2 ? spot(`社区${k}`, x, y, k) : street(`路${k}`, [[x, y], [x + random() * 300 - 150, y + random() * 300 - 150]], k);
    });
    const placed = place(names, VIEW);
    expect(placed.length).toBeGreaterThan(40);
    const boxes = placed.map((one) => one.boxes);
    boxes.forEach((mine, i) => boxes.slice(i + 1).forEach((theirs) => expect(mine.some((a) => theirs.some((b) => meet(a, b)))).toBe(false)));
    for (const [a, b, c, d] of boxes.flat()) expect(a >= 0 && b >= 0 && c <= VIEW.width && d <= VIEW.height).toBe(true);
  });

  it("leave free what is taken by points", () => {
    const taken: Box = [380, 280, 420, 320];
    const [moved] = place([spot("团结社区", 400, 300)], VIEW, [taken]);
    expect(moved && meet(moved.boxes[0]!, taken)).toBe(false);
    expect(place([spot("团结社区", 400, 300)], VIEW, [[0, 0, 800, 600]])).toEqual([]);
  });

  it("gives the only place to the weightier", () => {
    const placed = place([spot("后到的名", 400, 300, 5), spot("先到的名", 400, 300, 1)], { width: 70, height: 20 });
    expect(placed.length).toBe(0);
    const one = place([spot("后到", 400, 300, 5), spot("先到", 400, 300, 1)], VIEW);
    expect(one[0]!.name.text).toBe("先到");
    expect(one[0]!.letters[0]).toMatchObject({ x: 400, y: 300 });
  });

  it("turns with a street, and stands upright one letter under another where it is steep", () => {
    const [level] = place([street("兴铜路", [[100, 100], [500, 200]])], VIEW);
    expect(level!.letters.every((one) => Math.abs(one.turn - Math.atan2(100, 400)) < 1e-9)).toBe(true);
    const [steep] = place([street("铜源大道", [[400, 500], [380, 100]])], VIEW);
    expect(steep!.letters.every((one) => one.turn === 0)).toBe(true);
    const down = steep!.letters.map((one) => one.y);
    expect(down).toEqual([...down].sort((a, b) => a - b)); // read from above
  });

  it("says nothing on what is shorter than its name, or too crooked", () => {
    expect(place([street("人民公园东门路", [[100, 100], [150, 100]])], VIEW)).toEqual([]);
    const teeth = Array.from({ length: 40 }, (_, k): Point => [100 + k * 5, k % 2 ? 100 : 130]);
    expect(place([street("弯弯巷", teeth)], VIEW)).toEqual([]);
    const pond: Name = { ...spot("莲花塘", 0, 0), lines: [[[10, 10], [14, 10], [14, 14], [10, 14]]] };
    expect(place([pond], VIEW)).toEqual([]);
  });

  it("joins the pieces that crossings and tiles cut a street into, and names it once", () => {
    const pieces = Array.from({ length: 8 }, (_, k): Name => street("市府街", [[100 + k * 30, 300], [130 + k * 30, 300]]));
    const placed = place(pieces, VIEW);
    expect(placed.length).toBe(1);
    expect(width(placed[0]!.name)).toBe(36);
  });

  it("lie on no boundary: a street steps aside, a community's name stays in its own, others move or are silent", () => {
    const boundary: Point[] = [[0, 300], [800, 300]];
    const aside = place([street("兴铜路", [[100, 300], [500, 300]])], VIEW, [], [boundary]);
    expect(aside.length).toBe(1);
    expect(Math.abs(aside[0]!.letters[0]!.y - 300)).toBeCloseTo(12 * 1.05);
    const half: Name = { ...spot("团结社区", 0, 0), lines: [[[300, 200], [500, 200], [500, 304], [300, 304]]] };
    const [moved] = place([half], VIEW, [], [[[0, 252], [800, 252]]]);
    expect(moved && moved.boxes[0]![1] > 200 && moved.boxes[0]![3] < 304).toBe(true);
    const narrow: Name = { ...half, lines: [[[300, 200], [350, 200], [350, 304], [300, 304]]] };
    expect(place([narrow], VIEW, [], narrow.lines)).toEqual([]);
    const compound = place([spot("白云花园", 400, 297)], VIEW, [], [boundary]);
    expect(compound[0]!.boxes[0]![3]).toBeLessThan(300);
    expect(place([spot("白云花园", 400, 300)], VIEW, [], [[[380, 250], [380, 350], [420, 350], [420, 250], [380, 250]]])).toEqual([]);
  });

  it("take a smaller size before they are silent", () => {
    const tight: Name = { ...spot("团结社区", 0, 0), least: 12, lines: [[[300, 200], [356, 200], [356, 230], [300, 230], [300, 200]]] };
    expect(place([tight], VIEW, [], tight.lines)[0]!.name.size).toBe(12);
  });

  it("are spaced along a river, through its middle, also where tiles have cut it", () => {
    const bank = (from: number, to: number): Point[] => {
      const ways = Array.from({ length: 21 }, (_, k) => from + ((to - from) * k) / 20);
      const middle = (x: number): number => 300 + 40 * Math.sin(x / 150);
      return [...ways.map((x): Point => [x, middle(x) - 12]), ...ways.reverse().map((x): Point => [x, middle(x) + 12])];
    };
    const cut = [bank(50, 420), bank(400, 750)];
    for (const [x, y] of spine(cut)!.slice(3, -3)) expect(Math.abs(y - 300 - 40 * Math.sin(x / 150))).toBeLessThan(6);
    expect(spine([[[0, 0], [100, 0], [100, 100], [0, 100]]])).toBe(null);
    const river: Name = { text: "铜源河", rank: 2, size: 14, ink: "map-water-ink", along: true, ground: true, spaced: 2.1, lines: cut };
    const [placed] = place([river], VIEW);
    const [a, b] = placed!.letters;
    expect(Math.hypot(a!.x - b!.x, a!.y - b!.y)).toBeCloseTo(14 * 2.1, 0);
  });

  it("of 192 communities are fewer as one zooms out, each on its own ground, and found at once", () => {
    const community = (k: number, side: number): Name => {
      const [left, top] = [(k % 16) * side, Math.floor(k / 16) * side];
      const edge = Array.from({ length: 50 }, (_, i) => i / 50);
      const ring = [
        ...edge.map((s): Point => [left + s * side, top]), ...edge.map((s): Point => [left + side, top + s * side]),
        ...edge.map((s): Point => [left + side - s * side, top + side]), ...edge.map((s): Point => [left, top + side - s * side]),
      ];
      return { ...spot(k % 3 ? `社${k}` : `团结社区${k}`, 0, 0, k), least: 12, lines: [[...ring, ring[0]!]] };
    };
    const told = [110, 60, 40, 20].map((side) => {
      const names = Array.from({ length: 192 }, (_, k) => community(k, side));
      const placed = place(names, { width: 1800, height: 1400 }, [], names.flatMap((name) => name.lines));
      for (const one of placed) {
        const own = [(one.name.rank % 16) * side, Math.floor(one.name.rank / 16) * side] as const;
        const [a, b, c, d] = one.boxes[0]!;
        expect(a > own[0] && b > own[1] && c < own[0] + side && d < own[1] + side).toBe(true);
      }
      return placed.length;
    });
    expect(told[0]).toBe(192);
    expect(told.slice(1).every((count, k) => count < told[k]!)).toBe(true);
    expect(told[3]).toBe(0);
  });
});
