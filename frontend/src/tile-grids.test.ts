import { describe, expect, it } from "vitest";
import { tilesOf } from "./tile-grids";
import type { Point } from "./placing";
import { type System, shifted, unshifted } from "./shifts";

const metres = ([a, b]: Point, [c, d]: Point): number => Math.hypot((c - a) * Math.cos((b * Math.PI) / 180), d - b) * 111320;
const SYSTEMS: System[] = ["wgs84", "gcj02", "bd09"];

describe("the tiles of an outside map", () => {
  it("are shifted by published values", () => {
    // one point of Beijing, as eviltransform and coordtransform print it; see linli.geodata.tests.test_coordinates
    expect(metres(shifted([116.404, 39.915], "gcj02"), [116.41024449916938, 39.91640428150164])).toBeLessThan(0.001);
    expect(metres(shifted(unshifted([116.404, 39.915], "gcj02"), "bd09"), [116.41036949371029, 39.92133699351021])).toBeLessThan(0.001);
  });

  it("would lie 408 and 899 m off at Dongchuan", () => {
    expect(Math.abs(metres([103.188, 26.083], shifted([103.188, 26.083], "gcj02")) - 408)).toBeLessThan(5);
    expect(Math.abs(metres([103.188, 26.083], shifted([103.188, 26.083], "bd09")) - 899)).toBeLessThan(5);
    expect(shifted([14.4, 50.1], "gcj02")).toEqual([14.4, 50.1]); // abroad nothing moves
  });

  it("lie edge to edge over the whole view, at every zoom", () => {
    const [west, south, east, north] = [103.17, 26.06, 103.21, 26.1] as const;
    for (const system of SYSTEMS)
      for (const zoom of [12, 14.25, 16, 17.5]) {
        const tiles = tilesOf([west, south, east, north], zoom, system);
        const pixels = (256 * 2 ** zoom) / 360;
        const near = 1e-9;
        for (const place of [[west, south], [east, north], [103.188, 26.083]] as const)
          expect(tiles.filter(({ corners: [[a, b], [c, d]] }) => place[0] > a - near && place[0] < c + near && place[1] < b + near && place[1] > d - near)).not.toEqual([]);
        // no tile is drawn smaller than 1/√2 of its pixels, so there are never many, and neighbours overlap by two pixels at most
        const [across, down] = [(east - west) * pixels, ((north - south) * pixels) / Math.cos(0.455)];
        expect(tiles.length).toBeLessThan((across / 178 + 2) * (down / 178 + 2));
        for (const one of tiles) {
          const next = tiles.find(({ x, y }) => x === one.x + 1 && y === one.y);
          if (next) expect(Math.abs(next.corners[0][0] - one.corners[1][0])).toBeLessThan(2 / pixels);
        }
      }
  });

  it("are those that the service itself draws the place on", () => {
    const on = (system: System, place: Point): { x: number; y: number; share: Point } => {
      const [tile] = tilesOf([place[0], place[1], place[0] + 1e-9, place[1] + 1e-9], 16, system);
      const { x, y, corners: [[a, b], [c, d]] } = tile!;
      return { x, y, share: [(place[0] - a) / (c - a), (b - place[1]) / (b - d)] };
    };
    // GCJ-02 in the usual squares: the tile of the shifted place, at the same share of its side
    const there = shifted([103.188, 26.083], "gcj02");
    const [plain, moved] = [on("wgs84", there), on("gcj02", [103.188, 26.083])];
    expect([moved.x, moved.y]).toEqual([plain.x, plain.y]);
    expect(moved.share[0]).toBeCloseTo(plain.share[0], 2);
    expect(moved.share[1]).toBeCloseTo(plain.share[1], 2);
    // Baidu's own squares, zoom 17: 512 m; by its published polynomial 116.404, 39.915 of BD-09 is these metres
    const { x, y, share } = on("bd09", unshifted([116.404, 39.915], "bd09"));
    expect(Math.abs((x + share[0]) * 512 - 12958175.0)).toBeLessThan(2);
    expect(Math.abs((y + 1 - share[1]) * 512 - 4825923.8)).toBeLessThan(2);
  });
});
