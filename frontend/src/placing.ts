// Where names stand on a map: each asks for a free place, the weightier first; who finds none stays silent.

export type Point = [number, number];

export interface Name {
  text: string;
  /** The lower comes first. */
  rank: number;
  size: number;
  ink: "map-name" | "map-water-ink" | "map-green-ink" | "ink";
  bold?: boolean;
  /** The smallest size at which it may still stand; else its size is the only one. */
  least?: number;
  /** From the middle of one letter to the next along a line, in letters. */
  spaced?: number;
  /** Whether it follows the line, or the middle of a ground that is long, such as a river; else it stands level on the ground. */
  along: boolean;
  /** Whether its lines are rings of ground. */
  ground?: boolean;
  /** Pixels of the view: a line, the rings of a ground, or one point. */
  lines: Point[][];
}

/** A letter, or a whole name that stands level: its middle and its turn. */
export interface Letter {
  text: string;
  x: number;
  y: number;
  turn: number;
}
export interface Placed {
  name: Name;
  letters: Letter[];
  boxes: Box[];
}
/** Left, top, right, bottom. */
export type Box = [number, number, number, number];

const AIR = 3; // pixels around a name that nobody else may have
const AGAIN = 420; // pixels after which a street may be named once more
const OWN = 0.7; // how long ground must be, as a share of the name that stands on it
const STRAIGHT = 0.97; // chord to way of what a name may follow
const BENT = 0.88; // the same where letters stand apart
const ASIDE = 1.05; // how far a name steps beside its line, in letters
const LONG = 3; // length to breadth from which on ground is named along its middle
const SLICE = 8; // pixels between two places of that middle
const OFF = 2; // pixels between a name and a line that it may not lie on
const CELL = 32; // pixels of a square by which lines are found

/** How wide a name is: a Chinese letter is as wide as high, others about half. */
export const width = (name: Pick<Name, "text" | "size">): number =>
  [...name.text].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 255 ? 1 : 0.56), 0) * name.size;

/** Find a free place for as many names as there is room for, in a view of so many pixels: beside what is taken already, on no boundary. */
export function place(names: readonly Name[], view: { width: number; height: number }, already: readonly Box[] = [], boundaries: readonly Point[][] = []): Placed[] {
  const placed: Placed[] = [];
  const taken: Box[] = [...already];
  const lines = new Boundaries(boundaries, view);
  const free = (box: Box): boolean =>
    box[0] >= 0 && box[1] >= 0 && box[2] <= view.width && box[3] <= view.height &&
    !taken.some((one) => box[0] < one[2] && one[0] < box[2] && box[1] < one[3] && one[1] < box[3]) &&
    !lines.touch([box[0] - OFF, box[1] - OFF, box[2] + OFF, box[3] + OFF]);
  const stand = (name: Name): boolean => {
    let found = false;
    for (const letters of name.along ? alongOf(name) : standing(name, view, lines)) {
      const boxes = letters.map((letter) => boxOf(letter, name.size));
      if (!boxes.every(free)) continue;
      const here = letters[Math.floor(letters.length / 2)]!;
      const near = placed.some((one) => one.name.text === name.text && Math.hypot(one.letters[0]!.x - here.x, one.letters[0]!.y - here.y) < AGAIN);
      if (near) continue;
      placed.push({ name, letters, boxes });
      taken.push(...boxes.map(([a, b, c, d]): Box => [a - AIR, b - AIR, c + AIR, d + AIR]));
      if (!name.along) return true;
      found = true;
    }
    return found;
  };
  for (const name of joined(names)) if (!stand(name) && name.least) stand({ ...name, size: name.least });
  return placed;
}

/** Lines that no name may lie on, found by where they are. */
class Boundaries {
  private readonly cells = new Map<string, [Point, Point][]>();

  constructor(lines: readonly Point[][], view: { width: number; height: number }) {
    for (const line of lines)
      for (let i = 1; i < line.length; i++) {
        const [a, b] = [line[i - 1]!, line[i]!];
        const box = around(a, b);
        const seen: Box = [Math.max(box[0], -CELL), Math.max(box[1], -CELL), Math.min(box[2], view.width + CELL), Math.min(box[3], view.height + CELL)];
        for (const key of cellsOf(seen)) {
          const cell = this.cells.get(key);
          if (cell) cell.push([a, b]);
          else this.cells.set(key, [[a, b]]);
        }
      }
  }

  /** Whether one of them runs through a box. */
  touch(box: Box): boolean {
    return this.some(box, (a, b) => runsThrough(a, b, box));
  }

  /** Whether one of them lies between two places. */
  between(a: Point, b: Point): boolean {
    const side = (p: Point, q: Point, r: Point): boolean => (q[0] - p[0]) * (r[1] - p[1]) > (q[1] - p[1]) * (r[0] - p[0]);
    return this.some(around(a, b), (c, d) => side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b));
  }

  private some(box: Box, holds: (a: Point, b: Point) => boolean): boolean {
    for (const key of cellsOf(box)) if (this.cells.get(key)?.some(([a, b]) => holds(a, b))) return true;
    return false;
  }
}

const around = (a: Point, b: Point): Box => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])];

function* cellsOf([left, top, right, bottom]: Box): Generator<string> {
  for (let x = Math.floor(left / CELL); x * CELL <= right; x++) for (let y = Math.floor(top / CELL); y * CELL <= bottom; y++) yield `${x} ${y}`;
}

/** Whether the way from a to b has a part in the box: what of it each edge leaves. */
function runsThrough(a: Point, b: Point, [left, top, right, bottom]: Box): boolean {
  let [from, to] = [0, 1];
  for (const [start, step, low, high] of [[a[0], b[0] - a[0], left, right], [a[1], b[1] - a[1], top, bottom]] as const) {
    if (step === 0) {
      if (start < low || start > high) return false;
      continue;
    }
    const [p, q] = [(low - start) / step, (high - start) / step];
    [from, to] = [Math.max(from, Math.min(p, q)), Math.min(to, Math.max(p, q))];
  }
  return from <= to;
}

function boxOf({ text, x, y, turn }: Letter, size: number): Box {
  const [w, h] = [width({ text, size }), size * 1.1];
  const [c, s] = [Math.abs(Math.cos(turn)), Math.abs(Math.sin(turn))];
  const [across, down] = [(w * c + h * s) / 2, (w * s + h * c) / 2];
  return [x - across, y - down, x + across, y + down];
}

/** Put together what bears one name: pieces of a street end to end, and grounds that tiles have cut. */
function joined(names: readonly Name[]): Name[] {
  const found = new Map<string, Name>();
  for (const name of names) {
    const key = `${name.rank} ${name.text}`;
    const known = found.get(key);
    if (known) known.lines.push(...name.lines);
    else found.set(key, { ...name, lines: [...name.lines] });
  }
  const all = [...found.values()].map((one): Name => {
    if (!one.along) return one;
    if (!one.ground) return { ...one, lines: chained(one.lines) };
    const middle = spine(one.lines);
    return middle ? { ...one, lines: [middle] } : { ...one, along: false };
  });
  return all.sort((a, b) => a.rank - b.rank || extentOf(b) - extentOf(a));
}

const lengthOf = (line: readonly Point[]): number => line.reduce((sum, [x, y], i) => (i ? sum + Math.hypot(x - line[i - 1]![0], y - line[i - 1]![1]) : 0), 0);
const extentOf = (name: Name): number => Math.max(0, ...name.lines.map(lengthOf));

/** Join lines where they meet, two pixels apart at most. */
function chained(lines: Point[][]): Point[][] {
  const left = lines.filter((line) => line.length > 1).sort((a, b) => lengthOf(b) - lengthOf(a));
  const chains: Point[][] = [];
  const meet = (a: Point, b: Point): boolean => Math.hypot(a[0] - b[0], a[1] - b[1]) <= 2;
  while (left.length) {
    let chain = left.shift()!;
    for (let i = 0; i < left.length; i++) {
      const other = left[i]!;
      const back = [...other].reverse();
      if (meet(chain.at(-1)!, other[0]!)) chain = [...chain, ...other.slice(1)];
      else if (meet(chain.at(-1)!, back[0]!)) chain = [...chain, ...back.slice(1)];
      else if (meet(chain[0]!, other.at(-1)!)) chain = [...other.slice(0, -1), ...chain];
      else if (meet(chain[0]!, back.at(-1)!)) chain = [...back.slice(0, -1), ...chain];
      else continue;
      left.splice(i, 1);
      i = -1;
    }
    chains.push(chain);
  }
  return chains;
}

/** Places for a name along its lines: straight pieces, those in the middle of a line first; on the line, else beside it. */
function* alongOf(name: Name): Generator<Letter[]> {
  const long = wayOf(name) + width(name) * 0.25;
  const straight = name.spaced ? BENT : STRAIGHT;
  for (const line of name.lines) {
    const whole = lengthOf(line);
    for (let gap = 0; gap + long <= whole; gap += long / 2) {
      const sides = gap === 0 ? [(whole - long) / 2] : [(whole - long) / 2 - gap / 2, (whole - long) / 2 + gap / 2];
      for (const start of sides) {
        const [a, b] = [at(line, start), at(line, start + long)];
        if (!a || !b || Math.hypot(b[0] - a[0], b[1] - a[1]) < long * straight) continue;
        for (const aside of [0, ASIDE, -ASIDE]) yield lettersOn(name, line, start, long, aside * name.size);
      }
    }
  }
}

const isLatin = (text: string): boolean => [...text].every((letter) => letter.charCodeAt(0) <= 255);

/** How much of a line a name takes. */
const wayOf = (name: Name): number => width(name) + (name.spaced && !isLatin(name.text) ? ([...name.text].length - 1) * (name.spaced - 1) * name.size : 0);

/** Letters of a name on a piece of a line, or so far beside it: turned with it, or upright one under another where it is steep. */
function lettersOn(name: Name, line: readonly Point[], start: number, long: number, aside: number): Letter[] {
  const [first, last] = [at(line, start)!, at(line, start + long)!];
  const steep = Math.abs(last[1] - first[1]) > Math.abs(last[0] - first[0]);
  const back = steep ? first[1] > last[1] : first[0] > last[0];
  const [a, b] = back ? [last, first] : [first, last];
  const latin = isLatin(name.text);
  const turn = Math.atan2(b[1] - a[1], b[0] - a[0]);
  const between = name.spaced && !latin ? (name.spaced - 1) * name.size : 0;
  let done = (long - wayOf(name)) / 2;
  return [...name.text].map((text) => {
    const wide = width({ text, size: name.size });
    const way = done + wide / 2;
    done += wide + between;
    const [x, y] = at(line, start + (back ? long - way : way))!;
    return { text, x: x - Math.sin(turn) * aside, y: y + Math.cos(turn) * aside, turn: steep && !latin ? 0 : turn };
  });
}

function at(line: readonly Point[], way: number): Point | null {
  let left = way;
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1]!, line[i]!];
    const step = Math.hypot(b[0] - a[0], b[1] - a[1]);
    if (left <= step) return [a[0] + ((b[0] - a[0]) * left) / (step || 1), a[1] + ((b[1] - a[1]) * left) / (step || 1)];
    left -= step;
  }
  return null;
}

/** Places for a level name: on ground its middle, then where it is widest; at a point around it, with no boundary between. */
function* standing(name: Name, view: { width: number; height: number }, lines: Boundaries): Generator<Letter[]> {
  const ring = name.lines.reduce((best, one) => (Math.abs(areaOf(one)) > Math.abs(areaOf(best)) ? one : best), name.lines[0] ?? []);
  if (!ring.length) return;
  const [x, y] = middleOf(ring);
  const [wide, high] = [width(name), name.size];
  const ground = ring.length > 2;
  const [xs, ys] = [ring.map((one) => one[0]), ring.map((one) => one[1])];
  const across = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
  if (ring.length > 1 && across < wide * OWN) return; // a speck that its name would hide
  for (const [dx, dy] of [[0, 0], [0, -1], [0, 1], [-0.5, 0], [0.5, 0], [-0.5, -1], [0.5, -1], [-0.5, 1], [0.5, 1], [0, -2], [0, 2], [0, -3]] as const) {
    const place: Point = [x + dx * wide, y + dy * high];
    if (ground ? widest([ring], place[1], place[0], place[0]) : !lines.between([x, y], place)) yield [{ text: name.text, x: place[0], y: place[1], turn: 0 }];
  }
  if (!ground) return;
  const [top, bottom] = [Math.max(0, Math.min(...ys)), Math.min(view.height, Math.max(...ys))];
  for (const share of [4, 3, 5, 2, 6, 1, 7]) {
    const down = top + ((bottom - top) * share) / 8;
    const here = widest([ring], down, 0, view.width);
    if (here) yield [{ text: name.text, x: (here[0] + here[1]) / 2, y: down, turn: 0 }];
  }
}

/** The widest piece that rings have at a height, none of them a hole in another, between two edges; null where there is none. */
function widest(rings: readonly Point[][], height: number, from: number, to: number): [number, number] | null {
  const pieces = rings.flatMap((ring) => {
    const crossings = ring
      .flatMap((a, i): number[] => {
        const b = ring[(i + 1) % ring.length]!;
        return a[1] > height === b[1] > height ? [] : [a[0] + ((height - a[1]) / (b[1] - a[1])) * (b[0] - a[0])];
      })
      .sort((a, b) => a - b);
    return Array.from({ length: crossings.length >> 1 }, (_, i): [number, number] => [Math.max(from, crossings[2 * i]!), Math.min(to, crossings[2 * i + 1]!)]).filter(([a, b]) => a <= b);
  });
  const whole: [number, number][] = []; // pieces that lie over each other, as tiles cut them, are one
  for (const [a, b] of pieces.sort((one, other) => one[0] - other[0])) {
    const last = whole.at(-1);
    if (last && a <= last[1] + 1) last[1] = Math.max(last[1], b);
    else whole.push([a, b]);
  }
  return whole.reduce<[number, number] | null>((best, one) => (best && best[1] - best[0] >= one[1] - one[0] ? best : one), null);
}

/** The line through the middle of ground that is long; null where it is as broad as long. */
export function spine(rings: readonly Point[][]): Point[] | null {
  const all = rings.flat();
  if (all.length < 3) return null;
  const mean = (of: (one: Point) => number): number => all.reduce((sum, one) => sum + of(one), 0) / all.length;
  const [mx, my] = [mean(([x]) => x), mean(([, y]) => y)];
  const turn = Math.atan2(2 * mean(([x, y]) => (x - mx) * (y - my)), mean(([x, y]) => (x - mx) ** 2 - (y - my) ** 2)) / 2;
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  // the long axis stands upright, so that slices lie level
  const upright = rings.map((ring) => ring.map(([x, y]): Point => [-s * x + c * y, c * x + s * y]));
  const downs = upright.flat().map(([, down]) => down);
  const [top, bottom] = [Math.min(...downs), Math.max(...downs)];
  const middle: Point[] = [];
  let breadth = 0;
  for (let down = top + SLICE / 2; down < bottom; down += SLICE) {
    const here = widest(upright, down, -Infinity, Infinity);
    if (!here) continue;
    breadth += here[1] - here[0];
    middle.push([(here[0] + here[1]) / 2, down]);
  }
  if (middle.length < 2 || lengthOf(middle) * middle.length < LONG * breadth) return null;
  const smooth = middle.map((_, i): Point => {
    const near = middle.slice(Math.max(0, i - 2), i + 3);
    return [near.reduce((sum, one) => sum + one[0], 0) / near.length, near.reduce((sum, one) => sum + one[1], 0) / near.length];
  });
  return smooth.map(([across, down]): Point => [-s * across + c * down, c * across + s * down]);
}

function areaOf(ring: readonly Point[]): number {
  return ring.reduce((sum, [x, y], i) => sum + x * ring[(i + 1) % ring.length]![1] - ring[(i + 1) % ring.length]![0] * y, 0) / 2;
}

function middleOf(ring: readonly Point[]): Point {
  const area = areaOf(ring);
  if (Math.abs(area) < 1) return ring[Math.floor(ring.length / 2)]!;
  let [x, y] = [0, 0];
  ring.forEach(([ax, ay], i) => {
    const [bx, by] = ring[(i + 1) % ring.length]!;
    x += (ax + bx) * (ax * by - bx * ay);
    y += (ay + by) * (ax * by - bx * ay);
  });
  return [x / (6 * area), y / (6 * area)];
}
