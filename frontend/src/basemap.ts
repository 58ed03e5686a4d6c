// What maps are drawn on: vector tiles of streets, water, green, grounds and houses, painted on one canvas for the view that
// has settled; the names on it are handed on for lettering.
import { VectorTile } from "@mapbox/vector-tile";
import * as L from "leaflet";
import { PbfReader } from "pbf";
import { colours, onTheme } from "./colours";
import { paneOf } from "./panes";
import type { Name } from "./placing";

const LAST = 15; // zoom of the nearest tiles, see linli.territory.basemap
const EQUATOR_M = 40_075_016.7;

interface Shape {
  /** The corners of its rings or lines, x and y of each, as shares of the tile's side. */
  rings: Float32Array[];
  name: string;
}
type Tile = Map<string, Shape[]>;

interface Stroke {
  /** Metres across, pixels at least, and the pixels a metre from which on it is there. */
  metres: number;
  least: number;
  from: number;
  ink: Ink;
  casing?: boolean;
  dash?: [number, number];
}

const INKS = ["map-green", "map-site", "map-water", "map-building", "map-wall", "map-casing", "map-primary", "map-road", "map-rail", "map-land"] as const;
type Ink = (typeof INKS)[number];

// from below, as shared map style has it
const AREAS: [string, Ink, number][] = [
  ["green", "map-green", 0],
  ["site", "map-site", 0],
  ["water", "map-water", 0],
  ["building", "map-building", 0.12],
];
const LINES: Record<string, Stroke> = {
  stream: { metres: 3, least: 1, from: 0, ink: "map-water" },
  wall: { metres: 0, least: 0.8, from: 0.4, ink: "map-wall", dash: [2, 2] },
  service: { metres: 4, least: 1, from: 0.4, ink: "map-road", casing: true },
  lane: { metres: 8, least: 1.1, from: 0.12, ink: "map-road", casing: true },
  secondary: { metres: 13, least: 2, from: 0, ink: "map-road", casing: true },
  primary: { metres: 20, least: 2, from: 0, ink: "map-primary", casing: true },
  rail: { metres: 0, least: 2.4, from: 0.1, ink: "map-rail", dash: [6, 6] },
};
/** Class to rank, size, ink and the pixels a metre from which on it is lettered; the lower rank comes first. */
const LETTERED: Record<string, [number, number, Name["ink"], number]> = {
  water: [2, 14, "map-water-ink", 0],
  primary: [3, 11.5, "map-name", 0.06],
  secondary: [4, 11, "map-name", 0.15],
  stream: [4.5, 11, "map-water-ink", 0.15],
  green: [5, 11, "map-green-ink", 0.3],
  site: [6, 11, "map-name", 0.35],
  compound: [7, 11.5, "map-name", 0.45],
  lane: [8, 11, "map-name", 0.9],
};
/** How far apart letters stand, see `Name`. */
const SPACED: Record<string, number> = { water: 2.1, stream: 2.1, secondary: 1.5 };

export class Basemap extends L.Layer {
  private readonly canvas = document.createElement("canvas");
  private readonly ink = this.canvas.getContext("2d")!;
  private readonly tiles = new Map<string, Tile | null>(); // null: on its way, or nothing there
  private map: L.Map | null = null;
  private listeners: (() => void)[] = [];
  private waiting = 0;
  /** What stands in the view that was painted last, in its pixels. */
  names: Name[] = [];

  constructor(private readonly address: string) {
    super();
  }

  /** Be called each time the view has been painted. */
  onPaint(listener: () => void): void {
    this.listeners.push(listener);
  }

  override onAdd(map: L.Map): this {
    this.map = map;
    this.canvas.className = "leaflet-zoom-hide";
    this.canvas.dataset.basemap = "";
    this.canvas.setAttribute("aria-hidden", "true");
    paneOf(map, "basemap").append(this.canvas);
    map.on("moveend zoomend resize viewreset", this.paint, this);
    onTheme(() => this.paint());
    this.paint();
    return this;
  }

  override onRemove(map: L.Map): this {
    map.off("moveend zoomend resize viewreset", this.paint, this);
    this.canvas.remove();
    this.map = null;
    return this;
  }

  private paint(): void {
    const { map, ink, canvas } = this;
    if (!map) return;
    const size = map.getSize();
    const margin = L.point(Math.round(size.x / 4), Math.round(size.y / 4)); // a short drag shows no edge
    const [width, height] = [size.x + 2 * margin.x, size.y + 2 * margin.y];
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    [canvas.width, canvas.height] = [width * ratio, height * ratio];
    [canvas.style.width, canvas.style.height] = [`${width}px`, `${height}px`];
    L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint(margin.multiplyBy(-1)));
    const zoom = Math.max(0, Math.min(LAST, Math.round(map.getZoom() - 1)));
    const side = (256 * 2 ** map.getZoom()) / 2 ** zoom; // pixels of a tile in this view
    const corner = (map.getPixelBounds().min ?? L.point(0, 0)).subtract(margin);
    const metre = (256 * 2 ** map.getZoom()) / EQUATOR_M / Math.cos((map.getCenter().lat * Math.PI) / 180);
    ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    ink.lineJoin = "round";
    ink.clearRect(0, 0, width, height);
    const there: { tile: Tile; left: number; top: number }[] = [];
    const end = 2 ** zoom; // tiles across the world
    for (let x = Math.max(0, Math.floor(corner.x / side)); x < end && x * side < corner.x + width; x++)
      for (let y = Math.max(0, Math.floor(corner.y / side)); y < end && y * side < corner.y + height; y++) {
        const tile = this.ask(zoom, x, y);
        if (tile) there.push({ tile, left: x * side - corner.x, top: y * side - corner.y });
      }
    const look = colours(map.getContainer(), ...INKS);
    const each = (kind: string, draw: (shape: Shape, left: number, top: number) => void, finish: () => void): void => {
      for (const { tile, left, top } of there) {
        const shapes = tile.get(kind);
        if (!shapes) continue;
        // neighbours hold what lies across their edge too: each paints its own square, edge to edge in whole pixels
        const [a, b] = [Math.round(left * ratio) / ratio, Math.round(top * ratio) / ratio];
        const [c, d] = [Math.round((left + side) * ratio) / ratio, Math.round((top + side) * ratio) / ratio];
        ink.save();
        ink.beginPath();
        ink.rect(a, b, c - a, d - b);
        ink.clip();
        ink.beginPath();
        for (const shape of shapes) draw(shape, left, top);
        finish();
        ink.restore();
      }
    };
    const trace = (shape: Shape, left: number, top: number): void => {
      for (const ring of shape.rings)
        for (let i = 0; i < ring.length; i += 2) {
          const [x, y] = [left + ring[i]! * side, top + ring[i + 1]! * side];
          if (i === 0) ink.moveTo(x, y);
          else ink.lineTo(x, y);
        }
    };
    for (const [kind, colour, from] of AREAS)
      if (metre >= from)
        each(kind, trace, () => {
          ink.fillStyle = look[colour];
          ink.fill("evenodd");
        });
    const strokes = Object.entries(LINES).filter(([, stroke]) => metre >= stroke.from);
    for (const casing of [true, false])
      for (const [kind, stroke] of strokes) {
        if (casing && !stroke.casing) continue;
        const across = Math.max(stroke.least, stroke.metres * metre);
        each(kind, trace, () => {
          ink.lineCap = stroke.dash ? "butt" : "round";
          ink.lineWidth = across + (casing ? 1.4 : 0);
          ink.strokeStyle = look[casing ? "map-casing" : stroke.ink];
          ink.stroke();
          if (stroke.dash && stroke.ink === "map-rail") {
            ink.setLineDash(stroke.dash);
            ink.lineWidth = across - 1;
            ink.strokeStyle = look["map-land"];
            ink.stroke();
          }
        });
      }
    this.names = there.flatMap(({ tile, left, top }) => named(tile, left - margin.x, top - margin.y, side, metre));
    for (const listener of this.listeners) listener();
  }

  /** The tile, where it is here; else it is asked for, and the view is painted again when it has come. */
  private ask(zoom: number, x: number, y: number): Tile | null {
    const key = `${zoom}/${x}/${y}`;
    const known = this.tiles.get(key);
    if (known !== undefined) return known;
    this.tiles.set(key, null);
    void fetch(this.address.replace("{z}", `${zoom}`).replace("{x}", `${x}`).replace("{y}", `${y}`))
      .then(async (answer) => (answer.ok ? read(await answer.arrayBuffer()) : null))
      .then((tile) => {
        this.tiles.set(key, tile);
        if (tile?.size) this.soon();
      })
      .catch(() => this.tiles.delete(key)); // asked for again with the next view
    return null;
  }

  private soon(): void {
    cancelAnimationFrame(this.waiting);
    this.waiting = requestAnimationFrame(() => this.paint());
  }
}

/** Read a tile into shapes by class. */
function read(content: ArrayBuffer): Tile {
  const tile: Tile = new Map();
  if (!content.byteLength) return tile;
  for (const layer of Object.values(new VectorTile(new PbfReader(content)).layers))
    for (let i = 0; i < layer.length; i++) {
      const feature = layer.feature(i);
      const rings = feature.loadGeometry().map((ring) => Float32Array.from(ring.flatMap(({ x, y }) => [x / layer.extent, y / layer.extent])));
      const kind = String(feature.properties.class);
      const shape = { rings, name: String(feature.properties.name ?? "") };
      if (tile.has(kind)) tile.get(kind)!.push(shape);
      else tile.set(kind, [shape]);
    }
  return tile;
}

/** What of a tile bears a name at this scale. */
function named(tile: Tile, left: number, top: number, side: number, metre: number): Name[] {
  return Object.entries(LETTERED).flatMap(([kind, [rank, size, ink, from]]) =>
    metre < from
      ? []
      : (tile.get(kind) ?? [])
          .filter((shape) => shape.name)
          .map((shape) => ({
            text: shape.name,
            rank,
            size,
            ink,
            along: kind in LINES || kind === "water",
            ground: kind === "water",
            ...(SPACED[kind] ? { spaced: SPACED[kind] } : {}),
            lines: shape.rings.map((ring) => Array.from({ length: ring.length / 2 }, (_, i): [number, number] => [left + ring[2 * i]! * side, top + ring[2 * i + 1]! * side])),
          })),
  );
}
