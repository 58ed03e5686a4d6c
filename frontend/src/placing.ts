// Where names stand on a map: each asks for a free place, the weightier first; who finds none stays silent.

export type Point = [number, number];

export interface Name {
  text: string;
  /** The lower comes first. */
  rank: number;
  size: number;
  ink: "map-name" | "map-water-ink" | "map-green-ink" | "ink";
  bold?: boolean;
  /** Whether it follows the line; else it stands in the middle of the ground. */
  along: boolean;
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

/** How wide a name is: a Chinese letter is as wide as high, others about half. */
export const width = (name: Pick<Name, "text" | "size">): number =>
  [...name.text].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 255 ? 1 : 0.56), 0) * name.size;

/** Find a free place for as many names as there is room for, in a view of so many pixels, beside what is taken already. */
export function place(names: readonly Name[], view: { width: number; height: number }, already: readonly Box[] = []): Placed[] {
  const placed: Placed[] = [];
  const taken: Box[] = [...already];
  const free = (box: Box): boolean =>
    box[0] >= 0 && box[1] >= 0 && box[2] <= view.width && box[3] <= view.height &&
    !taken.some((one) => box[0] < one[2] && one[0] < box[2] && box[1] < one[3] && one[1] < box[3]);
  for (const name of joined(names)) {
    for (const letters of name.along ? alongOf(name) : standing(name)) {
      const boxes = letters.map((letter) => boxOf(letter, name.size));
      if (!boxes.every(free)) continue;
      const here = letters[Math.floor(letters.length / 2)]!;
      const near = placed.some((one) => one.name.text === name.text && Math.hypot(one.letters[0]!.x - here.x, one.letters[0]!.y - here.y) < AGAIN);
      if (near) continue;
      placed.push({ name, letters, boxes });
      taken.push(...boxes.map(([a, b, c, d]): Box => [a - AIR, b - AIR, c + AIR, d + AIR]));
      if (!name.along) break;
    }
  }
  return placed;
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
  const all = [...found.values()];
  for (const one of all) if (one.along) one.lines = chained(one.lines);
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

/** Places for a name along its lines: straight pieces, those in the middle of a line first. */
function* alongOf(name: Name): Generator<Letter[]> {
  const long = width(name) * 1.25;
  for (const line of name.lines) {
    const whole = lengthOf(line);
    for (let gap = 0; gap + long <= whole; gap += long / 2) {
      const sides = gap === 0 ? [(whole - long) / 2] : [(whole - long) / 2 - gap / 2, (whole - long) / 2 + gap / 2];
      for (const start of sides) {
        const [a, b] = [at(line, start), at(line, start + long)];
        if (!a || !b || Math.hypot(b[0] - a[0], b[1] - a[1]) < long * STRAIGHT) continue;
        yield lettersOn(name, a, b);
      }
    }
  }
}

/** Letters of a name on a straight piece: turned with it, or upright one under another where it is steep. */
function lettersOn(name: Name, from: Point, to: Point): Letter[] {
  const steep = Math.abs(to[1] - from[1]) > Math.abs(to[0] - from[0]);
  const [a, b] = (steep ? from[1] > to[1] : from[0] > to[0]) ? [to, from] : [from, to];
  const letters = [...name.text];
  const latin = letters.every((letter) => letter.charCodeAt(0) <= 255);
  const turn = Math.atan2(b[1] - a[1], b[0] - a[0]);
  const whole = width(name);
  const long = Math.hypot(b[0] - a[0], b[1] - a[1]);
  let done = (long - whole) / 2;
  return letters.map((text) => {
    const wide = width({ text, size: name.size });
    const share = (done + wide / 2) / long;
    done += wide;
    return { text, x: a[0] + (b[0] - a[0]) * share, y: a[1] + (b[1] - a[1]) * share, turn: steep && !latin ? 0 : turn };
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

/** Places for a level name: the middle of the largest ring, then around it. */
function* standing(name: Name): Generator<Letter[]> {
  const ring = name.lines.reduce((best, one) => (Math.abs(areaOf(one)) > Math.abs(areaOf(best)) ? one : best), name.lines[0] ?? []);
  if (!ring.length) return;
  const [x, y] = middleOf(ring);
  const [wide, high] = [width(name), name.size];
  const [xs, ys] = [ring.map((one) => one[0]), ring.map((one) => one[1])];
  const across = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
  if (ring.length > 1 && across < wide * OWN) return; // a speck that its name would hide
  for (const [dx, dy] of [[0, 0], [0, -1], [0, 1], [-0.5, 0], [0.5, 0], [-0.5, -1], [0.5, -1], [-0.5, 1], [0.5, 1], [0, -2], [0, 2]] as const)
    yield [{ text: name.text, x: x + dx * wide, y: y + dy * high, turn: 0 }];
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
