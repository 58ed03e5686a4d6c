import { expect, test } from "vitest";
import { calm, told, unknown } from "./belonging";
import { Board, type Ground, OPEN } from "./board";

const [WIDE, TALL] = [6, 5];

/** A grid of blocks with ten households each; roads after every second column. */
function grid(label = (x: number): number => (x < 3 ? 0 : 1)): Ground {
  const at = (x: number, y: number): number => x * TALL + y;
  const units = Array.from({ length: WIDE * TALL }, (_, u) => u);
  const lines: [number, number, number][] = [];
  for (let x = 0; x < WIDE; x++) {
    for (let y = 0; y < TALL; y++) {
      if (x + 1 < WIDE) lines.push([at(x, y), at(x + 1, y), x % 2 ? 2 : 4]);
      if (y + 1 < TALL) lines.push([at(x, y), at(x, y + 1), y % 2 ? 6 : 4]);
    }
  }
  return {
    ids: units.map(String), rings: [], count: units.map(() => 10), atom: units.map((u) => (u === 1 ? 0 : u)), compound: units.map((u) => (u < 2 ? "大院" : "")),
    school: units.map((u) => (u < 10 ? "一小" : "二小")), police: [], present: units.map((u) => (u < 15 ? "甲" : "丙")),
    area: units.map(() => 10_000), rim: units.map(() => 0), a: lines.map((l) => l[0]), b: lines.map((l) => l[1]), length: lines.map(() => 100),
    price: lines.map(() => 1), felt: lines.map((_, e) => (e === 0 ? 7 : 0)), asked: [], theirs: [], kind: lines.map((l) => l[2]), roads: ["", "泉水路", "铜源河"], road: lines.map((_, e) => e % 3), names: ["甲", "乙"], label: units.map((u) => label(Math.floor(u / TALL))), locked: [],
  };
}

/** A small generator with a seed: the same strokes every time. */
function* numbers(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

test("differences of random strokes, undone and done again, equal a fresh reckoning", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const board = new Board(grid());
    const draw = numbers(seed);
    const next = (most: number): number => Math.floor(draw.next().value * most);
    for (let k = 0; k < 60; k++) {
      const what = next(5);
      if (what === 0) board.undo();
      else if (what === 1) board.redo();
      else board.give(Array.from({ length: 1 + next(4) }, () => next(WIDE * TALL)), next(3));
      const kept = { ...board, households: [...board.households], outline: [...board.outline], area: [...board.area] };
      board.reckon();
      expect(board.households).toEqual(kept.households);
      expect(board.area).toEqual(kept.area);
      expect(board.outline).toEqual(kept.outline);
      expect([board.cut, board.cutOnNothing, board.boundary]).toEqual([kept.cut, kept.cutOnNothing, kept.boundary]);
    }
  }
});

test("the line around what moved is told by the names of what it runs on", () => {
  const board = new Board(grid());
  expect(board.moved).toEqual([]);
  const moved = board.give([2 * TALL, 2 * TALL + 1], 2);
  expect(board.moved).toEqual(moved);
  const told = board.along(moved);
  let metres = 0;
  grid().a.forEach((a, line) => {
    const b = grid().b[line]!;
    if (board.zones[a] !== board.zones[b] && (moved.includes(a) || moved.includes(b))) metres += 100;
  });
  expect([...told.values()].reduce((sum, one) => sum + one, 0)).toBe(metres);
  expect([...told.values()]).toEqual([...told.values()].sort((one, other) => other - one));
  expect([...told.keys()].every((name) => ["", "泉水路", "铜源河"].includes(name))).toBe(true);
  board.undo();
  expect(board.moved).toEqual([]);
});

test("a compound moves whole, a locked block not at all, others stay where only one source is moved", () => {
  const board = new Board(grid());
  expect(board.give([0], 2).sort()).toEqual([0, 1]);
  board.locked[7] = 1;
  expect(board.give([7], 2)).toEqual([]);
  expect(board.give([8, 20], 0, 1)).toEqual([8]);
});

test("two hundred steps go back, and a stroke is one of them", () => {
  const board = new Board(grid());
  const before = board.steps;
  board.give([5], 2);
  board.give([6], 2);
  board.give([5], OPEN);
  board.join(board.steps - before);
  expect(board.steps).toBe(1);
  board.undo();
  expect([board.zones[5], board.zones[6]]).toEqual([1, 1]);
  board.redo();
  expect([board.zones[5], board.zones[6]]).toEqual([OPEN, 2]);
  for (let k = 0; k < 300; k++) board.give([9], k % 2 ? 1 : 2);
  expect(board.steps).toBe(200);
});

test("a zone is one piece, broken, or unfinished while open blocks may join it", () => {
  const board = new Board(grid());
  expect(board.state(1)).toBe("ok");
  board.give([25], 1);
  expect(board.state(1)).toBe("broken");
  expect(board.pieces(1).map((piece) => piece.length)).toEqual([15, 1]);
  board.give([15, 20], OPEN);
  expect(board.state(1)).toBe("unfinished");
  expect(board.states().slice(1)).toEqual([1, 2].map((zone) => board.state(zone)));
});

test("a fill stops at roads and at other communities", () => {
  const board = new Board(grid());
  expect(board.upToRoads(0).length).toBe(10);
  expect(board.upToRoads(10).length).toBe(5);
});

test("what the engine returns is one step, with its new communities", () => {
  const board = new Board(grid());
  const label = [...board.zones].map((zone, u) => (u >= 25 ? 2 : zone - 1));
  expect(board.become(label, ["甲", "乙", "丙"]).length).toBe(5);
  expect(board.households[3]).toBe(50);
  board.undo();
  expect(board.households[3]).toBe(0);
});

test("belonging that is lost is told: who leaves, and what lies in more pieces than today", () => {
  const board = new Board(grid());
  expect(board.lost()).toEqual({ leaving: [{ from: "丙", to: "乙", households: 150 }], felt: [], theirs: [], parted: [] });
  board.give([5], 2);
  board.give([6], OPEN);
  const { leaving, parted } = board.lost();
  expect(leaving).toContainEqual({ from: "甲", to: "乙", households: 10 });
  expect(leaving).toContainEqual({ from: "甲", to: "", households: 10 });
  expect(parted).toEqual([{ kind: "school", name: "一小", zones: 3 }]);
});

test("what people said when they were asked is told with its share, once they leave or come apart", () => {
  const ground = grid();
  const board = new Board({ ...ground, asked: [[0, 100, 72]], theirs: [[0, "甲", 50, 36], [6, "乙", 50, 20]] });
  const say = (chinese: string): string => chinese;
  expect(told(board.lost(), say)).toEqual(["150户离开丙，归乙"]);
  board.give([0], 2);
  expect(told(board.lost(), say)).toEqual(expect.arrayContaining([
    "“大院”受访50户，72%认同甲，现在不归它", "受访100户中72%认同“大院”和“5”是一片，现在分开了",
  ]));
});

test("nothing is said of compounds, school areas and feelings of which there are no data", () => {
  const ground = grid();
  const say = (chinese: string): string => chinese;
  const none = ground.ids.map(() => "");
  const bare = new Board({ ...ground, compound: none, school: none, police: none, felt: ground.felt.map(() => 0) }).known;
  expect(calm(bare, say)).toBe("没有人换社区。");
  expect(unknown(bare, say)).toBe("小区、学区、警务区、居民认同：无数据");
  const full = new Board({ ...ground, police: ground.ids.map(() => "第二警务区") }).known;
  expect(calm(full, say)).toBe("没有人换社区，没有小区、学区、警务区被拆开。");
  expect(unknown(full, say)).toBe("");
});

test("a community without a block keeps no rules, nor does one outside its bounds or in pieces", () => {
  const board = new Board(grid());
  const all = [...board.households];
  const [least, most] = [Math.min(...all.slice(1)), Math.max(...all)];
  expect(board.wrong(least, most)).toEqual([]);
  const empty = board.add("新社区3");
  expect(board.wrong(0, most)).toEqual([empty]);
  expect(board.wrong(least + 1, most)).toContain(all.indexOf(least, 1));
});

test("what the engine added and nobody took is dropped again", () => {
  const board = new Board(grid());
  const before = [...board.zones];
  board.become(before.map((zone, u) => (u >= 25 ? 2 : zone - 1)), ["甲", "乙", "丙"]);
  board.undo();
  board.drop(2);
  expect(board.names).toEqual(["甲", "乙"]);
  expect([...board.zones]).toEqual(before);
  expect(board.mayRedo).toBe(false);
  expect(board.wrong(0, 1e9)).toEqual([]);
});

test("what households asked feel to be one is told when it comes apart", () => {
  const board = new Board(grid());
  const [a, b] = [board.ground.a[0]!, board.ground.b[0]!];
  expect(board.lost().felt).toEqual([]);
  board.give([a], 2);
  board.give([b], 1);
  const { felt } = board.lost();
  expect(felt.map((one) => one.households)).toEqual([7]);
  board.undo();
  board.undo();
  expect(board.lost().felt).toEqual([]);
});

test("a block that is moved tells which share of those asked feels otherwise, and nothing where nobody was asked", () => {
  const ground = { ...grid(), felt: grid().felt.map(() => 0) };
  const say = (chinese: string, english: string): string => `${chinese} / ${english}`;
  const silent = new Board(ground);
  silent.give([0], 2);
  expect(told(silent.lost(), say).filter((words) => words.includes("认同") || words.includes("受访"))).toEqual([]);
  const heard = new Board({ ...ground, theirs: [[0, "甲", 50, 36]] });
  expect(told(heard.lost(), say).filter((words) => words.includes("认同"))).toEqual([]);
  heard.give([0], 2);
  expect(told(heard.lost(), say)).toContain("“大院”受访50户，72%认同甲，现在不归它 / Of 50 households asked in “大院” 72% call 甲 theirs; they leave it");
  heard.give([0], 1);
  expect(told(heard.lost(), say).filter((words) => words.includes("认同"))).toEqual([]);
});
