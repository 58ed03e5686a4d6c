// The names of a map, on a canvas above everything but its points.
import * as L from "leaflet";
import { colours, onTheme } from "./colours";
import { paneOf } from "./panes";
import { type Box, type Name, type Placed, type Point, place } from "./placing";

export class Lettering extends L.Layer {
  private readonly canvas = document.createElement("canvas");
  private readonly sources = new Map<string, () => Name[]>();
  private boundaries: () => Point[][] = () => [];
  private waiting = 0;
  private map: L.Map | null = null;
  placed: Placed[] = [];

  /** Letter what a source names, each time the view is painted. */
  letter(source: string, names: () => Name[]): void {
    this.sources.set(source, names);
    this.paint();
  }

  /** Let no name lie on these lines, in pixels of the view. */
  keepOff(boundaries: () => Point[][]): void {
    this.boundaries = boundaries;
    this.paint();
  }

  override onAdd(map: L.Map): this {
    this.map = map;
    this.canvas.className = "leaflet-zoom-hide";
    this.canvas.setAttribute("aria-hidden", "true");
    paneOf(map, "lettering").append(this.canvas);
    map.on("moveend zoomend resize viewreset", this.paint, this);
    map.on("layeradd layerremove", this.changed, this);
    onTheme(() => this.paint());
    this.paint();
    return this;
  }

  override onRemove(map: L.Map): this {
    map.off("moveend zoomend resize viewreset", this.paint, this);
    map.off("layeradd layerremove", this.changed, this);
    this.canvas.remove();
    this.map = null;
    return this;
  }

  private changed({ layer }: { layer: L.Layer }): void {
    if (!(layer instanceof L.Marker || layer instanceof L.CircleMarker)) return;
    cancelAnimationFrame(this.waiting);
    this.waiting = requestAnimationFrame(() => this.paint());
  }

  private paint(): void {
    const { map, canvas } = this;
    const ink = canvas.getContext("2d");
    if (!map || !ink) return;
    const size = map.getSize();
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    [canvas.width, canvas.height] = [size.x * ratio, size.y * ratio];
    [canvas.style.width, canvas.style.height] = [`${size.x}px`, `${size.y}px`];
    L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
    const look = colours(map.getContainer(), "map-name", "map-water-ink", "map-green-ink", "map-halo", "ink");
    const family = getComputedStyle(map.getContainer()).fontFamily;
    this.placed = place([...this.sources.values()].flatMap((names) => names()), { width: size.x, height: size.y }, standingOn(map), this.boundaries());
    // what stands where, for whoever looks at it from outside
    canvas.dataset.names = JSON.stringify(this.placed.map(({ name, boxes }) => [name.text, boxes]));
    canvas.dataset.view = JSON.stringify([map.getCenter().lng, map.getCenter().lat, map.getZoom()]);
    ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    ink.textAlign = "center";
    ink.textBaseline = "middle";
    ink.lineJoin = "round";
    for (const { name, letters } of this.placed) {
      ink.font = `${name.bold ? 600 : 400} ${name.size}px ${family}`;
      for (const pass of ["strokeText", "fillText"] as const)
        for (const letter of letters) {
          ink.save();
          ink.translate(letter.x, letter.y);
          ink.rotate(letter.turn);
          ink.lineWidth = 3.5;
          ink.strokeStyle = look["map-halo"];
          ink.fillStyle = look[name.ink];
          ink[pass](letter.text, 0, 0);
          ink.restore();
        }
    }
  }
}

/** What stands over the names: points, and what one presses in the corners. */
function standingOn(map: L.Map): Box[] {
  const frame = map.getContainer().getBoundingClientRect();
  const found = [...map.getContainer().querySelectorAll(".leaflet-marker-icon, .leaflet-marker-icon *, .leaflet-control")]
    .map((one) => one.getBoundingClientRect())
    .map(({ left, top, right, bottom }): Box => [left - frame.left, top - frame.top, right - frame.left, bottom - frame.top]);
  map.eachLayer((layer) => {
    if (!(layer instanceof L.CircleMarker)) return;
    const [{ x, y }, r] = [map.latLngToContainerPoint(layer.getLatLng()), layer.getRadius() + 2];
    found.push([x - r, y - r, x + r, y + r]);
  });
  return found;
}
