// The pure part of the workbench: who each block belongs to, what follows from it, and the way back.

export interface Ground {
  ids: string[];
  rings: number[][][];
  count: number[];
  /** Blocks of one atom move together. */
  atom: number[];
  compound: string[];
  /** Areas of schools and of the police, "" where none is known. */
  school: string[];
  police: string[];
  present: string[];
  area: number[];
  rim: number[];
  a: number[];
  b: number[];
  length: number[];
  kind: number[];
  price: number[];
  /** Names of roads and rivers, "" among them; of a line: which runs on it. */
  roads: string[];
  road: number[];
  /** Households that feel both blocks of a line belong together. */
  felt: number[];
  /** Of a line: how many were asked so, and how many agreed. */
  asked: [line: number, asked: number, agreed: number][];
  /** Of a block: the community that its people call theirs, how many were asked, and how many agreed. */
  theirs: [unit: number, community: string, asked: number, agreed: number][];
  names: string[];
  label: number[];
  locked: number[];
}

/** What should not come apart. */
export const KINDS = ["compound", "school", "police"] as const;
export type Kind = (typeof KINDS)[number];

/** What of belonging a division gives up: households that leave a community, and what lies in more pieces than today. */
export interface Lost {
  leaving: { from: string; to: string; households: number }[];
  felt: { one: string; other: string; households: number; asked: number; agreed: number }[];
  theirs: { place: string; community: string; asked: number; agreed: number }[];
  parted: { kind: Kind; name: string; zones: number }[];
}

/** What a ground has on record. */
export interface Known {
  known: readonly Kind[];
  asked: boolean;
}

export type State = "ok" | "broken" | "unfinished" | "empty";
interface Step {
  units: Uint32Array;
  before: Uint16Array;
  after: Uint16Array;
}

export const OPEN = 0; // zone 0 is nobody's; community k is zone k + 1
const MOST_STEPS = 200;
const LANE = 4; // kinds in the order of the contract: river, railway, arterial, secondary, lane, wall, none
const NONE = 6;

/** Labels under a pen: totals follow each change by its difference, contiguity by a walk over the zone. */
export class Board {
  zones: Uint16Array;
  locked: Uint8Array;
  names: string[];
  /** Households, blocks, ground and outline of every zone. */
  households: number[] = [];
  blocks: number[] = [];
  area: number[] = [];
  outline: number[] = [];
  cut = 0;
  cutOnNothing = 0;
  boundary = 0;
  private start: Uint32Array; // CSR: the neighbours of u are to[start[u]] … to[start[u + 1] - 1], over line[…]
  private to: Uint32Array;
  private line: Uint32Array;
  private members: number[][];
  private past: Step[] = [];
  private future: Step[] = [];

  constructor(readonly ground: Ground) {
    const n = ground.ids.length;
    this.names = [...ground.names];
    this.zones = Uint16Array.from(ground.label, (k) => k + 1);
    this.locked = new Uint8Array(n);
    for (const unit of ground.locked) this.locked[unit] = 1;
    const degree = new Uint32Array(n + 1);
    for (let e = 0; e < ground.a.length; e++) {
      degree[ground.a[e]! + 1]!++;
      degree[ground.b[e]! + 1]!++;
    }
    for (let u = 0; u < n; u++) degree[u + 1]! += degree[u]!;
    this.start = degree.slice();
    this.to = new Uint32Array(2 * ground.a.length);
    this.line = new Uint32Array(2 * ground.a.length);
    for (let e = 0; e < ground.a.length; e++) {
      for (const [u, v] of [[ground.a[e]!, ground.b[e]!], [ground.b[e]!, ground.a[e]!]] as const) {
        this.to[degree[u]!] = v;
        this.line[degree[u]!++] = e;
      }
    }
    this.members = [];
    ground.atom.forEach((atom, u) => (this.members[atom] ??= []).push(u));
    this.reckon();
  }

  /** Add a community; returns its zone. */
  add(name: string): number {
    this.names.push(name);
    for (const sums of [this.households, this.blocks, this.area, this.outline]) sums[this.names.length] = 0;
    return this.names.length;
  }

  /** Take communities away that were added after the first `many`; whoever held a block is open again. */
  drop(many: number): void {
    const gone = this.zones.reduce<number[]>((list, zone, u) => (zone > many ? [...list, u] : list), []);
    if (gone.length) this.write(Uint32Array.from(gone), new Uint16Array(gone.length));
    this.names.splice(many);
    for (const sums of [this.households, this.blocks, this.area, this.outline]) sums.splice(many + 1);
    this.future = []; // a step forward could name what is gone
  }

  /** Zones that keep the rules not: outside the bounds, in pieces, or without a block. */
  wrong(least: number, most: number, states = this.states()): number[] {
    return this.names.flatMap((_, k) => {
      const households = this.households[k + 1]!;
      return states[k + 1] !== "ok" || households < least || households > most ? [k + 1] : [];
    });
  }

  /** Metres of the line around some units, as it is drawn, by the name of what it runs on; "" for what has none. */
  along(units: Iterable<number>): Map<string, number> {
    const { ground, zones } = this;
    const [moved, found] = [new Set(units), new Map<string, number>()];
    ground.a.forEach((a, line) => {
      const b = ground.b[line]!;
      if (zones[a] === zones[b] || !(moved.has(a) || moved.has(b))) return;
      const name = ground.roads[ground.road[line]!]!;
      found.set(name, (found.get(name) ?? 0) + ground.length[line]!);
    });
    return new Map([...found].sort((one, other) => other[1] - one[1]));
  }

  /** Units that belong elsewhere than at the beginning. */
  get moved(): number[] {
    return this.ground.label.flatMap((label, u) => (label + 1 === this.zones[u] ? [] : [u]));
  }

  /** Give units (with their whole compound) to a zone; locked ones stay, and so do those of other zones than `from`. */
  give(units: Iterable<number>, zone: number, from: number | null = null): number[] {
    const moved = new Set<number>();
    for (const unit of units) {
      const whole = this.whole(unit);
      if (whole.some((u) => this.locked[u] || (from !== null && this.zones[u] !== from))) continue;
      for (const u of whole) if (this.zones[u] !== zone) moved.add(u);
    }
    const list = [...moved];
    if (list.length) this.take({ units: Uint32Array.from(list), before: Uint16Array.from(list, (u) => this.zones[u]!), after: new Uint16Array(list.length).fill(zone) });
    return list;
  }

  /** Take labels as a whole, one step back. */
  become(label: readonly number[], names: readonly string[]): number[] {
    for (let k = this.names.length; k < names.length; k++) this.add(names[k]!);
    const list = label.flatMap((k, u) => (this.zones[u] === k + 1 ? [] : [u]));
    if (list.length) this.take({ units: Uint32Array.from(list), before: Uint16Array.from(list, (u) => this.zones[u]!), after: Uint16Array.from(list, (u) => label[u]! + 1) });
    return list;
  }

  /** What is on record of the ground, and whether anybody was asked where he feels he belongs. */
  get known(): Known {
    const { asked, felt, theirs } = this.ground;
    return { known: KINDS.filter((kind) => this.ground[kind].some(Boolean)), asked: felt.some(Boolean) || asked.length + theirs.length > 0 };
  }

  lost(): Lost {
    const { present, count } = this.ground;
    const moves = new Map<string, { from: string; to: string; households: number }>();
    this.zones.forEach((zone, u) => {
      const [from, to] = [present[u]!, zone ? this.names[zone - 1]! : ""];
      if (from === to || !count[u]) return;
      const key = JSON.stringify([from, to]);
      const move = moves.get(key) ?? { from, to, households: 0 };
      move.households += count[u]!;
      moves.set(key, move);
    });
    const parted: Lost["parted"] = [];
    for (const kind of KINDS) {
      const before = new Map<string, Set<string>>();
      const after = new Map<string, Set<number>>();
      this.ground[kind].forEach((name, u) => {
        if (!name) return;
        (before.get(name) ?? before.set(name, new Set()).get(name)!).add(present[u]!);
        (after.get(name) ?? after.set(name, new Set()).get(name)!).add(this.zones[u]!);
      });
      for (const [name, zones] of after) if (zones.size > before.get(name)!.size) parted.push({ kind, name, zones: zones.size });
    }
    const said = new Map(this.ground.asked.map((one) => [one[0], one]));
    const felt = this.ground.felt.flatMap((households, e) => {
      const [a, b] = [this.ground.a[e]!, this.ground.b[e]!];
      if (!households || this.zones[a] === this.zones[b] || present[a] !== present[b]) return [];
      const [, asked, agreed] = said.get(e) ?? [e, 0, 0];
      return [{ one: this.called(a), other: this.called(b), households, asked, agreed }];
    });
    const theirs = this.ground.theirs.flatMap(([u, community, asked, agreed]) => {
      const zone = this.zones[u]!;
      return present[u] !== community || (zone && this.names[zone - 1] === community) ? [] : [{ place: this.called(u), community, asked, agreed }];
    });
    return { theirs, felt: felt.sort((x, y) => y.households - x.households), leaving: [...moves.values()].sort((a, b) => b.households - a.households), parted };
  }

  /** What people call a unit: its compound, else its number. */
  private called(unit: number): string {
    return this.ground.compound[unit] || this.ground.ids[unit]!;
  }

  /** The compound of a unit: what moves and is locked together. */
  whole(unit: number): readonly number[] {
    return this.members[this.ground.atom[unit]!]!;
  }

  undo(): number[] {
    const step = this.past.pop();
    if (!step) return [];
    this.future.push(step);
    return this.write(step.units, step.before);
  }

  redo(): number[] {
    const step = this.future.pop();
    if (!step) return [];
    this.past.push(step);
    return this.write(step.units, step.after);
  }

  get mayUndo(): boolean {
    return this.past.length > 0;
  }

  get mayRedo(): boolean {
    return this.future.length > 0;
  }

  /** Join the last `steps` into one, as one stroke is taken back at once. */
  join(steps: number): void {
    if (steps < 2) return;
    const joined = this.past.splice(-steps);
    const before = new Map<number, number>();
    for (const step of joined) step.units.forEach((u, k) => before.has(u) || before.set(u, step.before[k]!));
    const units = [...before.keys()];
    this.past.push({ units: Uint32Array.from(units), before: Uint16Array.from(units, (u) => before.get(u)!), after: Uint16Array.from(units, (u) => this.zones[u]!) });
  }

  get steps(): number {
    return this.past.length;
  }

  neighbours(unit: number): number[] {
    return [...this.to.subarray(this.start[unit]!, this.start[unit + 1]!)];
  }

  /** What a pen that fills reaches: over lanes, walls and nothing, never over a road, a railway, a river or another zone. */
  upToRoads(unit: number): number[] {
    const zone = this.zones[unit];
    const seen = new Set([unit]);
    const stack = [unit];
    while (stack.length) {
      const u = stack.pop()!;
      for (let i = this.start[u]!; i < this.start[u + 1]!; i++) {
        const v = this.to[i]!;
        if (seen.has(v) || this.ground.kind[this.line[i]!]! < LANE || this.zones[v] !== zone) continue;
        seen.add(v);
        stack.push(v);
      }
    }
    return [...seen];
  }

  /** The units of a list that border the zone: what a pushed boundary may take. */
  atTheBorder(units: Iterable<number>, zone: number): number[] {
    return [...units].filter((u) => this.zones[u] !== zone && this.neighbours(u).some((v) => this.zones[v] === zone));
  }

  /** The pieces of a zone, the largest first, each a list of units. */
  pieces(zone: number): number[][] {
    const seen = new Uint8Array(this.zones.length);
    const found: number[][] = [];
    for (let s = 0; s < this.zones.length; s++) {
      if (this.zones[s] !== zone || seen[s]) continue;
      const piece = [s];
      seen[s] = 1;
      for (let k = 0; k < piece.length; k++) {
        const u = piece[k]!;
        for (let i = this.start[u]!; i < this.start[u + 1]!; i++) {
          const v = this.to[i]!;
          if (this.zones[v] === zone && !seen[v]) {
            seen[v] = 1;
            piece.push(v);
          }
        }
      }
      found.push(piece);
    }
    return found.sort((x, y) => y.length - x.length);
  }

  /** The state of every zone, by one walk over all blocks. */
  states(): State[] {
    const { zones, start, to } = this;
    const seen = new Uint8Array(zones.length);
    const number = new Uint32Array(this.names.length + 1);
    const stack = new Uint32Array(zones.length);
    for (let s = 0; s < zones.length; s++) {
      if (seen[s]) continue;
      const zone = zones[s]!;
      number[zone]!++;
      let top = 0;
      stack[top++] = s;
      seen[s] = 1;
      while (top) {
        const u = stack[--top]!;
        for (let i = start[u]!; i < start[u + 1]!; i++) {
          const v = to[i]!;
          if (seen[v] || zones[v] !== zone) continue;
          seen[v] = 1;
          stack[top++] = v;
        }
      }
    }
    return Array.from(number, (pieces, zone) => (pieces === 0 ? "empty" : pieces === 1 ? "ok" : this.state(zone)));
  }

  /** Whether a zone is one piece, several, or several that open blocks could still join. */
  state(zone: number): State {
    const pieces = this.pieces(zone);
    if (pieces.length < 2) return pieces.length ? "ok" : "empty";
    const reach = new Uint8Array(this.zones.length);
    const stack = [...pieces[0]!];
    for (const u of stack) reach[u] = 1;
    while (stack.length) {
      const u = stack.pop()!;
      for (const v of this.neighbours(u)) {
        if (reach[v] || (this.zones[v] !== zone && this.zones[v] !== OPEN)) continue;
        reach[v] = 1;
        stack.push(v);
      }
    }
    return pieces.every((piece) => reach[piece[0]!]) ? "unfinished" : "broken";
  }

  /** Share of the line between communities that follows something; 1 where there is no line. */
  get reliance(): number {
    return this.cut > 0 ? 1 - this.cutOnNothing / this.cut : 1;
  }

  /** 4π·area / outline² of a zone. */
  compactness(zone: number): number {
    const around = this.outline[zone]!;
    return around > 0 ? (4 * Math.PI * this.area[zone]!) / around ** 2 : 0;
  }

  /** Everything anew from the labels; what `write` keeps up by differences. */
  reckon(): void {
    const { ground, zones } = this;
    for (const sums of [this.households, this.blocks, this.area, this.outline]) sums.splice(0, sums.length, ...new Array<number>(this.names.length + 1).fill(0));
    [this.cut, this.cutOnNothing, this.boundary] = [0, 0, 0];
    zones.forEach((zone, u) => this.hold(u, zone, 1));
    for (let e = 0; e < ground.a.length; e++) this.across(e, zones[ground.a[e]!]!, zones[ground.b[e]!]!, 1);
  }

  private take(step: Step): void {
    this.past.push(step);
    if (this.past.length > MOST_STEPS) this.past.shift();
    this.future = [];
    this.write(step.units, step.after);
  }

  private write(units: Uint32Array, zones: Uint16Array): number[] {
    units.forEach((u, k) => {
      const [before, after] = [this.zones[u]!, zones[k]!];
      this.hold(u, before, -1);
      this.hold(u, after, 1);
      for (let i = this.start[u]!; i < this.start[u + 1]!; i++) {
        const other = this.zones[this.to[i]!]!;
        this.across(this.line[i]!, before, other, -1);
        this.across(this.line[i]!, after, other, 1);
      }
      this.zones[u] = after;
    });
    return [...units];
  }

  private hold(u: number, zone: number, sign: 1 | -1): void {
    this.households[zone]! += sign * this.ground.count[u]!;
    this.blocks[zone]! += sign;
    this.area[zone]! += sign * this.ground.area[u]!;
    this.outline[zone]! += sign * this.ground.rim[u]!;
  }

  private across(e: number, one: number, other: number, sign: 1 | -1): void {
    if (one === other) return;
    const metres = sign * this.ground.length[e]!;
    this.outline[one]! += metres;
    this.outline[other]! += metres;
    if (one === OPEN || other === OPEN) return;
    this.cut += metres;
    this.boundary += sign * this.ground.price[e]!;
    if (this.ground.kind[e] === NONE) this.cutOnNothing += metres;
  }
}
