// The tiles of somebody else's map under ours, each laid where its corners lie in truth.
import * as L from "leaflet";
import type { System } from "./shifts";
import { tilesOf } from "./tile-grids";

export class OutsideTiles extends L.Layer {
  private readonly box = document.createElement("div");
  private readonly images = new Map<string, HTMLImageElement>();
  private map: L.Map | null = null;

  /** `lost` is called when a tile does not come, such as in a net without a way out. */
  constructor(private readonly address: string, private readonly system: System, private readonly lost: () => void) {
    super();
  }

  override onAdd(map: L.Map): this {
    this.map = map;
    this.box.className = "leaflet-zoom-hide";
    map.getPane("tilePane")!.append(this.box);
    map.on("moveend zoomend resize viewreset", this.lay, this);
    this.lay();
    return this;
  }

  override onRemove(map: L.Map): this {
    map.off("moveend zoomend resize viewreset", this.lay, this);
    this.box.remove();
    this.map = null;
    return this;
  }

  private lay(): void {
    const { map } = this;
    if (!map) return;
    const view = map.getBounds();
    const wanted = new Set<string>();
    for (const { x, y, zoom, corners } of tilesOf([view.getWest(), view.getSouth(), view.getEast(), view.getNorth()], map.getZoom(), this.system)) {
      const address = this.address.replace("{z}", `${zoom}`).replace("{x}", `${x}`).replace("{y}", `${y}`);
      wanted.add(address);
      const image = this.images.get(address) ?? this.ask(address);
      const [from, to] = corners.map(([lon, lat]) => map.latLngToLayerPoint([lat, lon]).round()) as [L.Point, L.Point];
      Object.assign(image.style, { left: `${from.x}px`, top: `${from.y}px`, width: `${to.x - from.x}px`, height: `${to.y - from.y}px` });
    }
    for (const [address, image] of this.images) {
      if (wanted.has(address)) continue;
      image.remove();
      this.images.delete(address);
    }
  }

  private ask(address: string): HTMLImageElement {
    const image = document.createElement("img");
    image.alt = "";
    image.className = "outside-tile";
    image.addEventListener("error", () => {
      image.remove(); // no sign of a broken picture
      this.lost();
    });
    image.src = address;
    this.images.set(address, image);
    this.box.append(image);
    return image;
  }
}
