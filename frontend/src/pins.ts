// Cases on a map: numbered pins, the same ①–⑧ as in the list beside it, side by side where they would cover one another;
// and heaps, how many more there are at a place, joined where they would overlap and opened by a press.
import * as L from "leaflet";
import { left, together } from "./heaps";

export interface Pin { number?: number; state?: string; symbol?: string; name?: string; at?: string; href?: string; count?: number }
export interface PinFeature { properties: Pin | null; geometry: { type: string; coordinates: unknown } }
interface Placed { place: L.LatLng; about: Pin }

const SIDE = 28, IN_A_ROW = 4, CELL = 80;

function placed(features: PinFeature[]): Placed[] {
  return features.map(({ properties, geometry }) => {
    const [longitude = 0, latitude = 0] = geometry.coordinates as number[];
    return { place: L.latLng(latitude, longitude), about: properties ?? {} };
  });
}

function span(className: string, text: string): HTMLElement {
  const made = document.createElement("span");
  made.className = className;
  made.textContent = text;
  return made;
}

function choose(number: number | undefined, on: boolean): void {
  for (const row of document.querySelectorAll(`[data-number="${number}"], .on-map[data-pin="${number}"]`)) row.classList.toggle("chosen", on);
}

/** Draw numbered features. */
export function drawPins(map: L.Map, features: PinFeature[]): void {
  const pins = placed(features);
  const markers = pins.map(({ place, about }) => {
    const marker = L.marker(place, { icon: L.divIcon(), title: `${about.number} · ${about.name ?? ""}`, zIndexOffset: 1000, riseOnHover: true }).addTo(map);
    marker.on("click", () => about.href && location.assign(about.href));
    marker.on("mouseover", () => choose(about.number, true)).on("mouseout", () => choose(about.number, false));
    return marker;
  });
  const lay = (): void => {
    const groups: { at: L.Point; members: number[] }[] = [];
    pins.forEach(({ place }, index) => {
      const at = map.latLngToLayerPoint(place);
      const near = groups.find((group) => group.at.distanceTo(at) < SIDE);
      if (near) near.members.push(index);
      else groups.push({ at, members: [index] });
    });
    for (const { at, members } of groups) {
      members.forEach((index, k) => {
        const pin = pins[index];
        if (!pin) return;
        const wide = Math.min(members.length, IN_A_ROW), own = map.latLngToLayerPoint(pin.place);
        const x = (k % IN_A_ROW - (wide - 1) / 2) * SIDE + at.x - own.x, y = Math.floor(k / IN_A_ROW) * SIDE + at.y - own.y;
        const html = document.createElement("div");
        html.append(span(`disc ${pin.about.state ?? ""}`, String(pin.about.number)), ...(pin.about.symbol ? [span("kind", pin.about.symbol)] : []));
        markers[index]?.setIcon(L.divIcon({ html, className: "on-map", iconSize: [24, 24], iconAnchor: [12 - x, 12 - y] }));
        markers[index]?.getElement()?.setAttribute("data-pin", String(pin.about.number));
      });
    }
  };
  map.on("zoomend", lay);
  lay();
  for (const row of document.querySelectorAll<HTMLElement>("[data-number]")) {
    row.addEventListener("mouseenter", () => choose(Number(row.dataset.number), true));
    row.addEventListener("mouseleave", () => choose(Number(row.dataset.number), false));
  }
}

/** Draw how many more there are at each place than the pins that stand there. */
export async function drawHeaps(map: L.Map, address: string, pins: PinFeature[]): Promise<void> {
  const found = (await (await fetch(address)).json()) as { features: PinFeature[] };
  const told = placed(found.features).map(({ place, about }) => ({ ...about, place }));
  const heaps = left(told, pins.map(({ properties }) => properties?.at));
  const layer = L.layerGroup().addTo(map);
  const draw = (): void => {
    layer.clearLayers();
    for (const members of together(heaps, ({ place }) => map.project(place), CELL)) {
      const [first] = members;
      if (!first) continue;
      const bounds = L.latLngBounds(members.map(({ place }) => place));
      const count = members.reduce((sum, one) => sum + one.count, 0);
      const alone = members.length === 1;
      const title = alone ? (first.name ?? "") : String(count);
      const words = alone && first.symbol ? `${first.symbol} ${count}` : String(count);
      const wide = 18 + 8 * words.length, place = alone ? first.place : bounds.getCenter();
      const icon = L.divIcon({ html: span("heap", words), className: "on-map gathered", iconSize: [wide, 24] });
      const marker = L.marker(place, { icon, title }).addTo(layer);
      marker.on("click", () => {
        if (alone && first.href) location.assign(first.href);
        else if (map.getZoom() < map.getBoundsZoom(bounds.pad(0.2))) map.fitBounds(bounds.pad(0.2));
        else map.setZoomAround(bounds.getCenter(), map.getZoom() + 1);
      });
    }
  };
  map.on("zoomend", draw);
  draw();
}
