// The workbench: a version of a plan under the pen, its figures beside it, the engine at hand.
import "leaflet/dist/leaflet.css";
import "./styles/map.css";
import "./styles/workbench.css";
import * as L from "leaflet";
import { calm, told, unknown } from "./belonging";
import { BlocksLayer } from "./blocks-layer";
import { Board, type Ground, OPEN } from "./board";
import { type Units, extent, finder, pack, project, unitAt } from "./geometry";
import type { Lettering } from "./lettering";
import { ask, of, post, say, write } from "./page";
import type { Name, Point } from "./placing";
import { stand } from "./standing";

interface Options {
  ground: string;
  work: string;
  save: string;
  least: number;
  most: number;
  base: number;
  branch: string;
  kept: string[];
}
type Tool = "hand" | "brush" | "box" | "lasso" | "sweep" | "fill" | "lock";

const MICRO = 1e6;
const MOST_WORDS = 12;
const REST = 250; // milliseconds without a change after which words are written anew
const FRAME = 32; // milliseconds between two pictures while a pen moves: thirty a second
const TELL = 100; // milliseconds between two looks at the figures while a pen moves
const KEYS: Record<string, Tool> = { h: "hand", b: "brush", r: "box", l: "lasso", s: "sweep", f: "fill", k: "lock" };

function unpacked(ground: Ground): Units {
  return pack(
    ground.rings.map((rings) => [
      rings.map((steps) => {
        const ring: number[][] = [];
        let [x, y] = [0, 0];
        for (let i = 0; i < steps.length; i += 2) ring.push([(x += steps[i]!) / MICRO, (y += steps[i + 1]!) / MICRO]);
        return ring;
      }),
    ]),
  );
}

class Workbench {
  private readonly board: Board;
  private readonly units: Units;
  private readonly find: (x: number, y: number) => number;
  private readonly layer = new BlocksLayer();
  private readonly map: L.Map;
  private readonly box = of("bench-map");
  private tool: Tool = matchMedia("(max-width: 40rem)").matches ? "hand" : "brush";
  private zone = 1;
  private dirty = false;
  private telling = 0; // the timer that will tell, 0 where none runs
  private strokeFrom = 0;
  private stroked = new Set<number>(); // what the last stroke, or the one under way, gave away
  private drawn: L.Point[] = [];
  private waiting = 0; // the timer that will paint what the pen passed
  private resting = 0; // the timer that writes words
  private rubber: L.Polyline | null = null;
  private readonly colours: string[];
  private readonly lettering: Lettering;

  constructor(private readonly ground: Ground, private readonly options: Options) {
    this.board = new Board(ground);
    this.units = unpacked(ground);
    this.find = finder(this.units);
    const style = getComputedStyle(this.box);
    this.colours = [style.getPropertyValue("--sheet").trim() || "#fff"];
    for (const level of [1, 2, 0, 3]) for (let hue = 0; hue < 4; hue++) this.colours.push(style.getPropertyValue(`--fill-${level}-${hue}`).trim());
    this.map = L.map(this.box, { attributionControl: false, zoomControl: false, zoomSnap: 0.5, zoomAnimation: false, fadeAnimation: false, doubleClickZoom: false, boxZoom: false });
    L.control.zoom({ zoomInTitle: say("放大", "Zoom in"), zoomOutTitle: say("缩小", "Zoom out") }).addTo(this.map);
    this.map.setView([0, 0], 2);
    this.layer.marks = this.board.locked;
    this.layer.setUnits(this.units);
    this.paint();
    this.layer.addTo(this.map);
    const all = extent(this.units);
    if (all) this.map.fitBounds([[all[1], all[0]], [all[3], all[2]]], { padding: [12, 12] });
    this.lettering = stand(this.map, this.layer);
    this.listen();
    this.use(this.tool);
    this.tell();
  }

  private paint(): void {
    const shades = Array.from({ length: this.board.names.length + 1 }, (_, zone) => this.shade(zone));
    this.layer.setZones(this.board.zones, shades);
    for (const [k, row] of [...of("zones").children].entries()) (row.querySelector(".swatch") as HTMLElement).style.background = shades[k + 1]!;
  }

  private shade(zone: number): string {
    return zone === OPEN ? this.colours[0]! : this.colours[1 + ((zone - 1) % (this.colours.length - 1))]!;
  }

  private changed(units: readonly number[]): void {
    if (!units.length) return;
    this.dirty = true;
    for (const unit of units) this.stroked.add(unit);
    if (units.length > 400) this.paint();
    else this.layer.touch(units);
    this.tellSoon();
  }

  // ---- pen ----

  private at(event: PointerEvent): L.Point {
    return L.point(event.clientX, event.clientY).subtract(L.point(this.box.getBoundingClientRect().left, this.box.getBoundingClientRect().top));
  }

  private under(point: L.Point): number {
    const place = this.map.containerPointToLatLng(point);
    return this.find(...project(place.lng, place.lat));
  }

  private get from(): number | null {
    const chosen = of<HTMLSelectElement>("from").value;
    return chosen === "" ? null : Number(chosen);
  }

  private listen(): void {
    let down = false;
    this.box.addEventListener("pointerdown", (event) => {
      if (this.tool === "hand" || event.button !== 0 || !event.isPrimary || (event.target as Element).closest(".leaflet-control")) return;
      down = true;
      this.box.setPointerCapture(event.pointerId);
      this.strokeFrom = this.board.steps;
      this.stroked.clear();
      this.drawn = [this.at(event)];
      if (this.tool === "brush" || this.tool === "sweep" || this.tool === "fill" || this.tool === "lock") this.dab(this.drawn[0]!);
    });
    this.box.addEventListener("pointermove", (event) => {
      if (!down) return this.hover(this.at(event));
      const now = this.at(event);
      if (this.tool === "brush" || this.tool === "sweep") {
        this.drawn.push(now);
        this.waiting ||= window.setTimeout(() => this.follow(), FRAME);
      } else if (this.tool === "box" || this.tool === "lasso") {
        this.drawn = this.tool === "box" ? [this.drawn[0]!, now] : [...this.drawn, now];
        this.outline();
      }
    });
    const up = (): void => {
      if (!down) return;
      down = false;
      this.follow();
      if (this.tool === "box" || this.tool === "lasso") this.take();
      this.board.join(this.board.steps - this.strokeFrom);
      this.tell();
    };
    this.box.addEventListener("pointerup", up);
    this.box.addEventListener("pointercancel", up);
    this.map.on("click", (event) => {
      if (this.tool === "hand") void this.choose(this.find(...project(event.latlng.lng, event.latlng.lat)));
    });
    document.addEventListener("keydown", (event) => this.key(event));
    for (const button of document.querySelectorAll<HTMLElement>("[data-tool]")) button.addEventListener("click", () => this.use(button.dataset.tool as Tool));
    for (const button of document.querySelectorAll<HTMLElement>("[data-do]")) button.addEventListener("click", () => this.act(button.dataset.do ?? ""));
    for (const button of document.querySelectorAll<HTMLButtonElement>("[data-engine]")) button.addEventListener("click", () => void this.engine(button));
    of<HTMLFormElement>("save").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.save({});
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.dirty) event.preventDefault();
    });
  }

  /** Paint along the places that the pen has passed since the last picture. */
  private follow(): void {
    clearTimeout(this.waiting);
    this.waiting = 0;
    if (this.tool !== "brush" && this.tool !== "sweep") return;
    for (let i = 1; i < this.drawn.length; i++) {
      const [last, now] = [this.drawn[i - 1]!, this.drawn[i]!];
      const steps = Math.max(1, Math.ceil(last.distanceTo(now) / 6));
      for (let k = 1; k <= steps; k++) this.dab(last.add(now.subtract(last).multiplyBy(k / steps)));
    }
    this.drawn.splice(0, this.drawn.length - 1);
  }

  private dab(point: L.Point): void {
    const unit = this.under(point);
    if (unit < 0) return;
    if (this.tool === "lock") {
      const hold = this.board.locked[unit] ? 0 : 1;
      const whole = this.board.whole(unit);
      for (const u of whole) if (this.board.zones[u] !== OPEN || !hold) this.board.locked[u] = hold;
      this.dirty = true;
      this.layer.touch(whole);
      return;
    }
    const reached = this.tool === "fill" ? this.board.upToRoads(unit) : this.tool === "sweep" ? this.board.atTheBorder([unit], this.zone) : [unit];
    this.changed(this.board.give(reached, this.zone, this.from));
  }

  private outline(): void {
    const corners = this.tool === "box" ? this.corners() : this.drawn;
    const places = [...corners, corners[0]!].map((point) => this.map.containerPointToLatLng(point));
    if (this.rubber) this.rubber.setLatLngs(places);
    else this.rubber = L.polyline(places, { color: "#26241f", weight: 1.5, dashArray: "4 4", interactive: false }).addTo(this.map);
  }

  private corners(): L.Point[] {
    const [a, b] = [this.drawn[0]!, this.drawn[this.drawn.length - 1]!];
    return [a, L.point(b.x, a.y), b, L.point(a.x, b.y)];
  }

  /** Give the zone every block whose middle lies in the box or the loop. */
  private take(): void {
    this.rubber?.remove();
    this.rubber = null;
    const corners = this.tool === "box" ? this.corners() : this.drawn;
    if (corners.length < 3) return;
    const loop = pack([[[corners.map((point) => {
      const place = this.map.containerPointToLatLng(point);
      return [place.lng, place.lat];
    })]]]);
    const { boxes } = this.units;
    const inside: number[] = [];
    for (let u = 0; u < this.board.zones.length; u++) if (unitAt(loop, (boxes[4 * u]! + boxes[4 * u + 2]!) / 2, (boxes[4 * u + 1]! + boxes[4 * u + 3]!) / 2) === 0) inside.push(u);
    this.changed(this.board.give(inside, this.zone, this.from));
  }

  private hover(point: L.Point): void {
    const unit = this.under(point);
    this.box.title = unit < 0 ? "" : [this.ground.compound[unit] || this.ground.ids[unit], this.name(this.board.zones[unit]!), say(`${this.ground.count[unit]}户`, `${this.ground.count[unit]} households`)].join(" · ");
  }

  /** A tap with the hand: which community shall it be? */
  private async choose(unit: number): Promise<void> {
    if (unit < 0) return;
    const about = `${this.ground.compound[unit] || this.ground.ids[unit]} · ${this.name(this.board.zones[unit]!)}`;
    const answers = this.board.names.map((name, k): [string, string] => [String(k + 1), name]);
    const answer = await ask(say(`${about}：归入哪个社区？`, `${about}: which community?`), [...answers, ["", say("不改", "Leave it")]], false);
    if (answer) this.changed(this.board.give([unit], Number(answer)));
    this.tell();
  }

  private key(event: KeyboardEvent): void {
    if ((event.target as Element).closest("input, select, textarea, dialog")) return;
    const letter = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && (letter === "z" || letter === "y")) {
      event.preventDefault();
      this.act(letter === "y" || event.shiftKey ? "redo" : "undo");
    } else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (letter === " " && event.target === this.box) {
      event.preventDefault();
      const unit = this.under(this.map.getSize().divideBy(2));
      if (unit >= 0) this.changed(this.board.give([unit], this.zone, this.from));
      this.tell();
    } else if (/^[1-9]$/.test(letter) && Number(letter) <= this.board.names.length) this.pick(Number(letter));
    else if (KEYS[letter]) this.use(KEYS[letter]);
  }

  private use(tool: Tool): void {
    this.tool = tool;
    for (const button of document.querySelectorAll<HTMLElement>("[data-tool]")) button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    if (tool === "hand") this.map.dragging.enable();
    else this.map.dragging.disable();
    this.box.classList.toggle("pen", tool !== "hand");
    this.layer.setMargin(tool === "hand" ? 0.25 : 0);
  }

  private act(what: string): void {
    if (what === "undo") this.changed(this.board.undo());
    if (what === "redo") this.changed(this.board.redo());
    if (what === "add") {
      let k = this.board.names.length + 1;
      while (this.board.names.includes(say(`新社区${k}`, `New ${k}`))) k++;
      this.pick(this.board.add(say(`新社区${k}`, `New ${k}`)));
      this.paint();
    }
    if (what === "rename") void this.rename();
    this.tell();
  }

  /** Give the chosen community a name; one that goes on keeps its own. */
  private async rename(): Promise<void> {
    const now = this.name(this.zone);
    if (this.options.kept.includes(now)) {
      await ask(say(`${now}是保留的社区，名称不变。`, `${now} goes on and keeps its name.`), [["", say("知道了", "Close")]]);
      return;
    }
    const field = of<HTMLInputElement>("choice-text");
    field.value = now;
    of("choice-field").hidden = false;
    const answer = await ask(say(`${now}改叫什么？`, `What shall ${now} be called?`), [["yes", say("改名", "Rename")], ["", say("不改", "Leave it")]]);
    of("choice-field").hidden = true;
    const name = field.value.trim();
    if (!answer || !name || this.board.names.includes(name)) return;
    this.board.names[this.zone - 1] = name;
    of<HTMLSelectElement>("from").options[this.zone + 1]!.text = name;
    this.dirty = true;
    this.tell();
  }

  // ---- figures ----

  /** What the line runs on where the pen has moved it. */
  private alongWords(): string {
    if (!this.stroked.size) return "";
    const along = this.board.along(this.stroked);
    const named = [...along].filter(([name]) => name).slice(0, 5).map(([name, metres]) => say(`${name} ${Math.round(metres)} 米`, `${name} ${Math.round(metres)} m`));
    const free = Math.round(along.get("") ?? 0);
    if (free) named.push(say(`没有路名的 ${free} 米`, `${free} m without a name`));
    return named.length ? say(`新界线沿：${named.join("、")}`, `The line now runs on: ${named.join(", ")}`) : "";
  }

  /** What is not saved yet. */
  private unsavedWords(): string {
    const moved = this.board.moved;
    if (!this.dirty) return "";
    const first = moved[0];
    if (first === undefined) return say("有改动没有保存", "Not saved yet");
    const one = `${this.ground.compound[first] || this.ground.ids[first]} → ${this.name(this.board.zones[first]!)}`;
    return say(`${moved.length} 个地块改了没有保存：${one}${moved.length > 1 ? "…" : ""}`, `${moved.length} blocks changed, not saved: ${one}${moved.length > 1 ? "…" : ""}`);
  }

  /** Name and households of each community, on the block nearest to its middle. */
  private titles(): Name[] {
    const { boxes } = this.units;
    const middle = (u: number): Point => [(boxes[4 * u]! + boxes[4 * u + 2]!) / 2, (boxes[4 * u + 1]! + boxes[4 * u + 3]!) / 2];
    return this.board.names.flatMap((name, k): Name[] => {
      const own = this.board.zones.reduce<number[]>((list, zone, u) => (zone === k + 1 && list.push(u), list), []);
      if (!own.length) return [];
      const [x, y] = own.reduce<Point>(([sx, sy], u) => [sx + middle(u)[0] / own.length, sy + middle(u)[1] / own.length], [0, 0]);
      const nearest = own.reduce((best, u) => (Math.hypot(middle(u)[0] - x, middle(u)[1] - y) < Math.hypot(middle(best)[0] - x, middle(best)[1] - y) ? u : best));
      const [left, top] = this.pixel(middle(nearest));
      const households = `${this.board.households[k + 1]!.toLocaleString("en")}${say("户", "")}`;
      const short = name.replace(/社区(（暂名）)?$/, "");
      return [
        { text: short, rank: k / 1e6, size: 15, bold: true, ink: "ink", along: false, lines: [[[left, top - 9]]] },
        { text: households, rank: k / 1e6 + 1e-9, size: 13, ink: "ink", along: false, lines: [[[left, top + 9]]] },
      ];
    });
  }

  /** Where a place of the projected square lies in the view. */
  private pixel([x, y]: Point): Point {
    const scale = 256 * 2 ** this.map.getZoom();
    const origin = this.map.getPixelBounds().min ?? L.point(0, 0);
    return [x * scale - origin.x, y * scale - origin.y];
  }

  private name(zone: number): string {
    return zone === OPEN ? say("未归属", "Open") : this.board.names[zone - 1]!;
  }

  private pick(zone: number): void {
    this.zone = zone;
    this.tell();
  }

  private buttons(): void {
    of("workbench").querySelector<HTMLButtonElement>('[data-do="undo"]')!.disabled = !this.board.mayUndo;
    of("workbench").querySelector<HTMLButtonElement>('[data-do="redo"]')!.disabled = !this.board.mayRedo;
  }

  /** Tell ten times a second: a pen that moves on changes more before anybody could read it. */
  private tellSoon(): void {
    this.telling ||= window.setTimeout(() => this.tell(), TELL);
  }

  private tell(): void {
    clearTimeout(this.telling);
    this.telling = 0;
    const { board, options } = this;
    const list = of("zones");
    const states = board.states();
    const wrong = board.wrong(options.least, options.most, states).map((zone) => this.name(zone));
    board.names.forEach((name, k) => {
      const zone = k + 1;
      const state = states[zone]!;
      const households = board.households[zone]!;
      const off = households < options.least ? households - options.least : Math.max(0, households - options.most);
      const words = { ok: say("连成一片", "one piece"), broken: say("断开", "broken"), unfinished: say("未连上", "unfinished"), empty: say("没有地块", "no block") }[state];
      const row = (list.children[k] as HTMLElement | undefined) ?? this.row(zone);
      if (!row.parentElement) list.append(row);
      const className = [state !== "ok" ? "act" : "", off && state !== "empty" ? "off" : "", zone === this.zone ? "chosen" : ""].join(" ").trim();
      if (row.className !== className) row.className = className;
      const [button, jump] = row.children as unknown as [HTMLElement, HTMLElement];
      if (button.getAttribute("aria-pressed") !== String(zone === this.zone)) button.setAttribute("aria-pressed", String(zone === this.zone));
      write(button.children[1]!, name);
      write(button.children[2]!, households.toLocaleString("en"));
      (button.children[3] as HTMLElement).style.setProperty("--at", String((100 * (households - options.least)) / (options.most - options.least)));
      write(button.children[4]!, [words, off ? (off > 0 ? say(`多${off}户`, `${off} too many`) : say(`少${-off}户`, `${-off} too few`)) : "", options.kept.includes(name) ? say("保留", "kept") : ""].filter(Boolean).join(" · "));
      jump.hidden = !(state === "broken" || state === "unfinished");
    });
    const open = board.blocks[OPEN]!;
    const [many, bounds] = [board.names.length, `${options.least.toLocaleString("en")}–${options.most.toLocaleString("en")}`];
    const sound = !open && !wrong.length;
    const why = open
      ? say(`还有 ${open} 个地块没有归属`, `${open} blocks are open`)
      : wrong.length
        ? say(`${many} 个社区中 ${wrong.length} 个：${wrong.join("、")}`, `${wrong.length} of ${many}: ${wrong.join(", ")}`)
        : say(`${many} 个社区都在 ${bounds} 户，各连成一片`, `All ${many} within ${bounds} households, each in one piece`);
    for (const verdict of document.querySelectorAll<HTMLElement>("[data-verdict]")) {
      verdict.classList.toggle("act", !sound);
      const [mark, words] = [document.createElement("b"), document.createElement("span")];
      mark.textContent = sound ? say("合规则", "Within the rules") : say("不合规则", "Not within the rules");
      words.textContent = why;
      if (verdict.textContent !== `${mark.textContent}${why}`) verdict.replaceChildren(mark, words);
    }
    write(of("along"), this.alongWords());
    const used = board.names.flatMap((_, k) => (board.blocks[k + 1] ? [board.compactness(k + 1)] : []));
    const stayed = this.ground.present.reduce((sum, name, u) => sum + (this.name(board.zones[u]!) === name ? this.ground.count[u]! : 0), 0);
    const figures: [string, string][] = [
      [say("社区间界线", "Line between"), `${(board.cut / 1000).toFixed(2)} km`],
      [say("界线依托率", "On roads and rivers"), board.cut > 0 ? `${(100 * board.reliance).toFixed(1)}%` : say("无数据", "No data")],
      [say("紧凑度", "Compactness"), (used.reduce((a, b) => a + b, 0) / Math.max(1, used.length)).toFixed(2)],
      [say("不换社区的户", "Stay as they are"), stayed.toLocaleString("en")],
    ];
    const measures = of("measures");
    while (measures.children.length < figures.length) {
      const one = document.createElement("div");
      one.append(document.createElement("dt"), document.createElement("dd"));
      measures.append(one);
    }
    figures.forEach(([title, value], k) => {
      const [dt, dd] = measures.children[k]!.children;
      write(dt!, title);
      write(dd!, value);
    });
    // words come when the pen rests: they go over every block
    clearTimeout(this.resting);
    this.resting = window.setTimeout(() => this.tellLost(), REST);
    const from = of<HTMLSelectElement>("from");
    while (from.options.length < board.names.length + 2) {
      const zone = from.options.length - 1;
      from.append(new Option(this.name(zone), String(zone)));
    }
    this.buttons();
  }

  /** One community of the panel; `tell` writes what changes in it. */
  private row(zone: number): HTMLLIElement {
    const [row, button, swatch, jump] = [document.createElement("li"), document.createElement("button"), document.createElement("span"), document.createElement("button")];
    button.type = jump.type = "button";
    swatch.className = "swatch";
    swatch.style.background = this.shade(zone);
    const gauge = document.createElement("i"); // from the least to the most households, a mark for the value
    gauge.className = "gauge";
    gauge.setAttribute("aria-hidden", "true");
    button.append(swatch, document.createElement("span"), document.createElement("strong"), gauge, document.createElement("small"));
    button.addEventListener("click", () => this.pick(zone));
    jump.className = "button small quiet";
    jump.textContent = say("看碎片", "Show fragment");
    jump.addEventListener("click", () => this.jump(zone));
    row.append(button, jump);
    return row;
  }

  private jump(zone: number): void {
    const piece = this.board.pieces(zone)[1];
    if (!piece) return;
    const { boxes } = this.units;
    const subset = { ...this.units, boxes: Float64Array.from(piece.flatMap((u) => [...boxes.subarray(4 * u, 4 * u + 4)])) };
    const all = extent(subset);
    if (all) this.map.fitBounds([[all[1], all[0]], [all[3], all[2]]], { padding: [80, 80], maxZoom: 18 });
    this.layer.choose(piece[0]!);
  }

  // ---- engine, saving ----

  private get drawnPlan(): { label: number[]; names: string[]; locked: number[] } {
    const locked = [...this.board.locked].flatMap((held, u) => (held ? [u] : []));
    return { label: Array.from(this.board.zones, (zone) => zone - 1), names: this.board.names, locked };
  }

  private async engine(button: HTMLButtonElement): Promise<void> {
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    const many = this.board.names.length;
    const most = Number(of<HTMLInputElement>("most").value);
    const { status, said } = await post(this.options.work, { verb: button.dataset.engine, most, ...this.drawnPlan });
    button.disabled = false;
    button.removeAttribute("aria-busy");
    if (status !== 200) {
      await ask(String(said.words), [["", say("知道了", "Close")]]);
      return;
    }
    const before = this.board.zones.slice();
    const units = this.board.become(said.label as number[], said.names as string[]);
    this.paint();
    this.tell();
    const households = units.reduce((sum, u) => sum + this.ground.count[u]!, 0);
    if (!units.length) {
      await ask(say("没有更好的改法，保持原样。", "Nothing better was found."), [["", say("知道了", "Close")]]);
      return;
    }
    const words = say(`会变动 ${units.length} 个地块、${households} 户，地图上是改后的样子。`, `${units.length} blocks with ${households} households would move; the map shows the result.`) + this.listed(units, before);
    const answer = await ask(words, [["yes", say("采用", "Take it")], ["", say("不用", "Leave it")]]);
    if (answer) this.dirty = true;
    else {
      this.board.undo();
      this.forget(many);
    }
    this.paint();
    this.tell();
  }

  /** Which blocks would move, from where to where, a dozen of them by name. */
  private listed(units: readonly number[], before: Uint16Array): string {
    const words = units.slice(0, MOST_WORDS).map((u) => `${this.ground.compound[u] || this.ground.ids[u]} ${this.name(before[u]!)}→${this.name(this.board.zones[u]!)}`);
    const more = units.length > MOST_WORDS ? say(`…等 ${units.length} 个`, ` … ${units.length} in all`) : "";
    return `\n${words.join(say("；", "; "))}${more}`;
  }

  /** Take away the communities that the engine had added to the first `many`. */
  private forget(many: number): void {
    this.board.drop(many);
    while (of("zones").children.length > many) of("zones").lastElementChild!.remove();
    const from = of<HTMLSelectElement>("from");
    while (from.options.length > many + 1) from.remove(from.options.length - 1);
    this.zone = Math.min(this.zone, many);
  }

  private async save(more: Record<string, unknown>): Promise<void> {
    const why = of<HTMLInputElement>("why").value;
    const { status, said } = await post(this.options.save, { why, ...this.drawnPlan, ...more });
    if (status === 200) {
      this.dirty = false;
      location.assign(String(said.url));
    } else if (status === 409 && said.head !== undefined) {
      const answer = await ask(String(said.words), [
        ["fork", say("另存为分支", "Save as a branch")], ["mine", say("用我的，存在它后面", "Mine, on top of it")],
        ["theirs", say("看别人的，放弃我的", "Open theirs, drop mine")], ["", say("先不存", "Not now")],
      ]);
      if (answer === "fork") await this.save({ branch: `${this.options.branch}-${this.options.base}-${Date.now() % 10_000}` });
      if (answer === "mine") await this.save({ over: said.head });
      if (answer === "theirs") {
        this.dirty = false;
        location.assign(String(said.url));
      }
    } else await ask(String(said.words), [["", say("知道了", "Close")]]);
  }

  /** Belonging in words: who leaves which community, what comes apart. */
  private tellLost(): void {
    const words = told(this.board.lost(), say);
    const shown = words.slice(0, MOST_WORDS);
    if (words.length > shown.length) shown.push(say(`另有${words.length - shown.length}项`, `and ${words.length - shown.length} more`));
    const known = this.board.known;
    write(of("unsaved"), this.unsavedWords());
    this.lettering.letter("areas", () => this.titles());
    of("lost").replaceChildren(
      ...[...(shown.length ? shown : [calm(known, say)]), unknown(known, say)].filter(Boolean).map((text) => {
        const line = document.createElement("li");
        line.textContent = text;
        return line;
      }),
    );
  }
}

const options = JSON.parse(of("options").textContent ?? "{}") as Options;
const ground = (await (await fetch(options.ground)).json()) as Ground;
new Workbench(ground, options);
of("workbench").dataset.ready = "true";
