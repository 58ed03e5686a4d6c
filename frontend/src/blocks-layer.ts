// Polygons on one Canvas2D above Leaflet: typed arrays, drawn anew when the view settles, shifted while it is panned.
import * as L from "leaflet";
import { colours } from "./colours";
import { type Units, project, unitAt } from "./geometry";
import { paneOf } from "./panes";

export interface View {
  zoom: number;
  units: number;
}

/** What a back end for polygons offers; a WebGL one may join behind the same. */
export interface Blocks {
  setUnits(units: Units): void;
  /** One number a unit, and the colour of every number. */
  setZones(zones: Uint16Array, colours: readonly string[]): void;
  /** The unit at a place of the map, -1 where there is none. */
  pick(place: L.LatLng): number;
  onView(listener: (view: View) => void): void;
}

const OUTLINE_FROM = 6; // pixels: smaller units show their fill alone

export class BlocksLayer extends L.Layer implements Blocks {
  private canvas = document.createElement("canvas");
  private ink = this.canvas.getContext("2d", { willReadFrequently: true });
  private over = document.createElement("canvas"); // marks and the chosen one's outline, above what is drawn on the ground
  private units: Units | null = null;
  private zones: Uint16Array = new Uint16Array(0);
  private colours: readonly string[] = [];
  private listeners: ((view: View) => void)[] = [];
  private chosen = -1;
  private borders = false;
  private view: { scale: number; left: number; top: number; width: number; height: number; ratio: number; edge: string; chosen: string; ink: string } | null = null;
  private margin = 0.25;
  /** Units that bear a mark, 1 each; the workbench's locks. */
  marks: Uint8Array | null = null;
  private map: L.Map | null = null;

  setUnits(units: Units): void {
    this.units = units;
    this.zones = new Uint16Array(units.unitStart.length - 1);
    this.paint();
  }

  setZones(zones: Uint16Array, colours: readonly string[]): void {
    this.zones = zones;
    this.colours = colours;
    this.paint();
  }

  /** How much of the fills' colour is laid on what lies beneath: all of it, or a wash on the ground. */
  setWash(share: number): void {
    this.canvas.style.opacity = `${share}`;
  }

  /** How much is painted beyond each edge, as a share of the view: a quarter, so that a short drag shows none; 0 costs least. */
  setMargin(share: number): void {
    if (share === this.margin) return;
    this.margin = share;
    this.paint();
  }

  /** Draw the line around each unit, as communities that stand are parted. */
  setBorders(drawn: boolean): void {
    this.borders = drawn;
    this.outline();
  }

  /** Mark one unit, or none by -1. */
  choose(unit: number): void {
    if (unit === this.chosen) return;
    this.chosen = unit;
    this.outline();
  }

  pick(place: L.LatLng): number {
    return this.units ? unitAt(this.units, ...project(place.lng, place.lat)) : -1;
  }

  onView(listener: (view: View) => void): void {
    this.listeners.push(listener);
  }

  override onAdd(map: L.Map): this {
    this.map = map;
    for (const [canvas, pane] of [[this.canvas, paneOf(map, "wash")], [this.over, map.getPane("overlayPane")]] as const) {
      canvas.className = "leaflet-zoom-hide";
      canvas.setAttribute("aria-hidden", "true");
      pane?.append(canvas);
    }
    // the pane moves with a drag, and the bitmap with it; only the settled view is painted
    map.on("moveend zoomend resize viewreset", this.paint, this);
    this.paint();
    return this;
  }

  override onRemove(map: L.Map): this {
    map.off("moveend zoomend resize viewreset", this.paint, this);
    this.canvas.remove();
    this.over.remove();
    this.map = null;
    return this;
  }

  private paint(): void {
    const { map, ink, units, canvas } = this;
    if (!map || !ink || !units) return;
    const size = map.getSize();
    const margin = { x: Math.round(size.x * this.margin), y: Math.round(size.y * this.margin) };
    const [width, height] = [size.x + 2 * margin.x, size.y + 2 * margin.y];
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    for (const one of [canvas, this.over]) {
      [one.width, one.height] = [width * ratio, height * ratio];
      [one.style.width, one.style.height] = [`${width}px`, `${height}px`];
      L.DomUtil.setPosition(one, map.containerPointToLayerPoint([-margin.x, -margin.y]));
    }
    const scale = 256 * 2 ** map.getZoom();
    const corner = map.getPixelBounds().min ?? L.point(0, 0);
    const [left, top] = [corner.x - margin.x, corner.y - margin.y];
    ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    ink.lineJoin = "round";
    const { paper: edge, "map-chosen": chosen, ink: dark } = colours(map.getContainer(), "paper", "map-chosen", "ink");
    this.view = { scale, left, top, width, height, ratio, edge, chosen, ink: dark };
    let seen = 0;
    for (let u = 0; u < this.zones.length; u++) if (this.one(u)) seen++;
    this.outline();
    for (const listener of this.listeners) listener({ zoom: map.getZoom(), units: seen });
  }

  private outline(): void {
    const { view, over, chosen, units } = this;
    const ink = over.getContext("2d");
    if (!view || !ink) return;
    ink.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    ink.clearRect(0, 0, view.width, view.height);
    ink.fillStyle = view.ink;
    this.marks?.forEach((mark, u) => {
      if (!mark || !units) return;
      const [west, north, east, south] = units.boxes.subarray(u * 4, u * 4 + 4);
      ink.fillRect(((west! + east!) / 2) * view.scale - view.left - 2.5, ((north! + south!) / 2) * view.scale - view.top - 2.5, 5, 5);
    });
    if (this.borders && units) {
      [ink.lineJoin, ink.lineWidth, ink.strokeStyle] = ["round", 2.2, view.ink];
      for (let u = 0; u < this.zones.length; u++) {
        this.trace(u, view.scale, view.left, view.top, ink);
        ink.stroke();
      }
    }
    if (chosen < 0) return;
    this.trace(chosen, view.scale, view.left, view.top, ink);
    ink.lineJoin = "round";
    ink.strokeStyle = view.chosen;
    ink.lineWidth = 3;
    ink.stroke();
  }

  /** Paint some units anew over what stands there: what a stroke costs. */
  touch(units: Iterable<number>): void {
    for (const u of units) this.one(u);
    if (this.marks?.includes(1)) this.outline();
  }

  /** Paint one unit; false where it is out of sight. */
  private one(u: number): boolean {
    const { ink, units, view } = this;
    if (!ink || !units || !view) return false;
    const { scale, left, top } = view;
    const b = u * 4;
    const [west, north] = [units.boxes[b]! * scale - left, units.boxes[b + 1]! * scale - top];
    const [east, south] = [units.boxes[b + 2]! * scale - left, units.boxes[b + 3]! * scale - top];
    if (east < 0 || south < 0 || west > view.width || north > view.height) return false;
    this.trace(u, scale, left, top);
    ink.fillStyle = this.colours[this.zones[u]!] ?? "#d5cfc1";
    ink.fill("evenodd");
    if (Math.max(east - west, south - north) > OUTLINE_FROM) {
      ink.strokeStyle = view.edge;
      ink.lineWidth = 1;
      ink.stroke();
    }
    return true;
  }

  private trace(u: number, scale: number, left: number, top: number, ink = this.ink): void {
    const { units } = this;
    if (!units || !ink) return;
    ink.beginPath();
    for (let r = units.unitStart[u]!; r < units.unitStart[u + 1]!; r++) {
      for (let i = units.ringStart[r]!; i < units.ringStart[r + 1]!; i++) {
        const [x, y] = [units.corners[2 * i]! * scale - left, units.corners[2 * i + 1]! * scale - top];
        if (i === units.ringStart[r]) ink.moveTo(x, y);
        else ink.lineTo(x, y);
      }
      ink.closePath();
    }
  }
}
