// The pure parts of the map: rings in typed arrays, boxes, and which polygon a point lies in.

export interface Units {
  /** x, y of every corner, projected: Web Mercator, the world is the unit square. */
  corners: Float64Array;
  /** ring r has the corners ringStart[r] .. ringStart[r + 1]. */
  ringStart: Uint32Array;
  /** unit u has the rings unitStart[u] .. unitStart[u + 1]. */
  unitStart: Uint32Array;
  /** west, north, east, south of every unit, in the same square. */
  boxes: Float64Array;
}

type Ring = readonly (readonly number[])[];
export type Polygons = readonly (readonly Ring[])[];

/** Longitude and latitude in degrees to the unit square, north is 0. */
export function project(longitude: number, latitude: number): [number, number] {
  const sine = Math.sin((Math.max(-85.0511, Math.min(85.0511, latitude)) * Math.PI) / 180);
  return [longitude / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

/** The unit square back to longitude and latitude. */
export function unproject(x: number, y: number): [number, number] {
  return [(x - 0.5) * 360, (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI];
}

/** Pack units, each a list of polygons, each a list of rings, into typed arrays. */
export function pack(units: readonly Polygons[]): Units {
  const corners: number[] = [];
  const ringStart = [0];
  const unitStart = [0];
  const boxes = new Float64Array(units.length * 4);
  units.forEach((polygons, u) => {
    let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const ring of polygons.flat()) {
      for (const [longitude = 0, latitude = 0] of ring) {
        const [x, y] = project(longitude, latitude);
        corners.push(x, y);
        west = Math.min(west, x);
        east = Math.max(east, x);
        north = Math.min(north, y);
        south = Math.max(south, y);
      }
      ringStart.push(corners.length / 2);
    }
    unitStart.push(ringStart.length - 1);
    boxes.set([west, north, east, south], u * 4);
  });
  return { corners: Float64Array.from(corners), ringStart: Uint32Array.from(ringStart), unitStart: Uint32Array.from(unitStart), boxes };
}

/** The unit that holds a point of the unit square, by even-odd crossing (so holes count); -1 where none does. */
export function unitAt(units: Units, x: number, y: number): number {
  const { boxes } = units;
  for (let u = 0; u * 4 < boxes.length; u++) {
    const b = u * 4;
    if (x < boxes[b]! || y < boxes[b + 1]! || x > boxes[b + 2]! || y > boxes[b + 3]!) continue;
    if (holds(units, u, x, y)) return u;
  }
  return -1;
}

/** Find units by place in a grid of as many cells as there are units: a pen asks a hundred times a stroke. */
export function finder(units: Units): (x: number, y: number) => number {
  const { boxes } = units;
  const n = boxes.length / 4;
  const side = Math.max(1, Math.ceil(Math.sqrt(n)));
  const [west, north, east, south] = bounds(units);
  const across = (x: number): number => Math.min(side - 1, Math.max(0, Math.floor(((x - west) / (east - west)) * side)));
  const down = (y: number): number => Math.min(side - 1, Math.max(0, Math.floor(((y - north) / (south - north)) * side)));
  const cells: number[][] = Array.from({ length: side * side }, () => []);
  for (let u = 0; u < n; u++) {
    const b = u * 4;
    for (let i = across(boxes[b]!); i <= across(boxes[b + 2]!); i++) for (let j = down(boxes[b + 1]!); j <= down(boxes[b + 3]!); j++) cells[i * side + j]!.push(u);
  }
  return (x, y) => {
    if (x < west || x > east || y < north || y > south) return -1;
    return cells[across(x) * side + down(y)]!.find((u) => holds(units, u, x, y)) ?? -1;
  };
}

function holds(units: Units, u: number, x: number, y: number): boolean {
  const { corners, ringStart, unitStart } = units;
  let inside = false;
  for (let r = unitStart[u]!; r < unitStart[u + 1]!; r++) {
    const start = ringStart[r]!;
    const end = ringStart[r + 1]!;
    for (let i = start, j = end - 1; i < end; j = i++) {
      const [xi, yi, xj, yj] = [corners[2 * i]!, corners[2 * i + 1]!, corners[2 * j]!, corners[2 * j + 1]!];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
  }
  return inside;
}

/** West, north, east, south of all units in the unit square; infinite where there is none. */
function bounds({ boxes }: Units): [number, number, number, number] {
  let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let b = 0; b < boxes.length; b += 4) {
    [west, north] = [Math.min(west, boxes[b]!), Math.min(north, boxes[b + 1]!)];
    [east, south] = [Math.max(east, boxes[b + 2]!), Math.max(south, boxes[b + 3]!)];
  }
  return [west, north, east, south];
}

/** West, south, east, north in degrees of all units; null where there is none. */
export function extent(units: Units): [number, number, number, number] | null {
  const [west, north, east, south] = bounds(units);
  if (!Number.isFinite(west)) return null;
  const [w, n] = unproject(west, north);
  const [e, s] = unproject(east, south);
  return [w, s, e, n];
}
