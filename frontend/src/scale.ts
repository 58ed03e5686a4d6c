// The scale of a map in the reader's words, and which way north is.
import * as L from "leaflet";

const WIDEST = 100; // pixels

/** The longest round length that is not longer than so many metres: 1, 2, 3 or 5 with noughts. */
function round(metres: number): number {
  const ten = 10 ** Math.floor(Math.log10(metres));
  return ten * ([5, 3, 2].find((one) => one * ten <= metres) ?? 1);
}

/** A length in words. */
function lengthInWords(metres: number, english: boolean): string {
  return metres < 1000 ? `${metres}${english ? " m" : "米"}` : `${metres / 1000}${english ? " km" : "公里"}`;
}

export class Scale extends L.Control {
  private readonly english = document.documentElement.lang.startsWith("en");
  private readonly line = L.DomUtil.create("span", "leaflet-control-scale-line");

  constructor() {
    super({ position: "bottomright" });
  }

  override onAdd(map: L.Map): HTMLElement {
    const box = L.DomUtil.create("div", "leaflet-control-scale");
    box.append(this.line);
    L.DomUtil.create("span", "north", box).textContent = this.english ? "N" : "北";
    const tell = (): void => this.tell(map);
    map.on("move resize", tell);
    map.whenReady(tell);
    return box;
  }

  private tell(map: L.Map): void {
    const down = map.getSize().y / 2;
    const widest = map.distance(map.containerPointToLatLng([0, down]), map.containerPointToLatLng([WIDEST, down]));
    if (!(widest > 0)) return; // a map that has no size yet
    const metres = round(widest);
    this.line.style.width = `${Math.round((WIDEST * metres) / widest)}px`;
    this.line.textContent = lengthInWords(metres, this.english);
  }
}
