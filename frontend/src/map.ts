// The map of a page: `<div class="map" data-map="id of a JSON block">` or `data-geojson="address"`; what it is drawn on comes
// from the line beneath it, which bears the address of the tiles.
// A feature may say: name, text (shown beneath its name), fill ("step-hue" of the palette, or #rrggbb), href (opened when
// chosen), mark (a point that needs action), size (how much a point stands for), letter (its name stands on the map), number (the point is a disc that bears
// it, as its row in the list does; state "due" or "done" colours it, symbol stands beside it; see `pins.ts`). With data-places="address" how many more there are at places. With data-pick="form's id" a press fills the form's longitude and latitude.
import "leaflet/dist/leaflet.css";
import "./styles/map.css";
import * as L from "leaflet";
import { BlocksLayer } from "./blocks-layer";
import { type Polygons, extent, pack } from "./geometry";
import { type Pin, drawHeaps, drawPins } from "./pins";
import type { Point } from "./placing";
import { stand } from "./standing";

interface Feature {
  properties: (Pin & { text?: string; fill?: string; mark?: boolean; size?: number; letter?: boolean; pin?: boolean }) | null;
  geometry: { type: string; coordinates: unknown };
}

export function polygonsOf(feature: Feature): Polygons {
  const { type, coordinates } = feature.geometry;
  if (type === "Polygon") return [coordinates as Polygons[number]];
  return type === "MultiPolygon" ? (coordinates as Polygons) : [];
}

async function load(box: HTMLElement): Promise<Feature[]> {
  const block = document.getElementById(box.dataset.map ?? "");
  const found = block ? JSON.parse(block.textContent ?? "") : await (await fetch(box.dataset.geojson ?? "")).json();
  return (found as { features?: Feature[] }).features ?? [];
}

function colourOf(box: HTMLElement, fill: string | undefined): string {
  if (fill?.startsWith("#")) return fill;
  return getComputedStyle(box).getPropertyValue(`--fill-${fill ?? "0-0"}`).trim() || "#d5cfc1";
}

async function show(box: HTMLElement): Promise<void> {
  const features = (await load(box)).filter((feature) => feature.geometry);
  const areas = features.filter((feature) => polygonsOf(feature).length > 0);
  const map = L.map(box, { attributionControl: false, zoomSnap: 0.25, zoomDelta: 0.5, zoomAnimation: false, fadeAnimation: false });
  const english = document.documentElement.lang.startsWith("en");
  map.zoomControl.remove();
  L.control.zoom({ zoomInTitle: english ? "Zoom in" : "放大", zoomOutTitle: english ? "Zoom out" : "缩小" }).addTo(map);
  map.setView([0, 0], 2);

  const layer = new BlocksLayer();
  const units = pack(areas.map(polygonsOf));
  const colours = areas.map((area) => colourOf(box, area.properties?.fill));
  const palette = [...new Set(colours)];
  layer.setUnits(units);
  layer.setZones(Uint16Array.from(colours, (colour) => palette.indexOf(colour)), palette);
  layer.setBorders(areas.some((area) => area.properties?.letter));
  layer.addTo(map);

  const points = features.filter((feature) => feature.geometry.type === "Point");
  const places: L.LatLng[] = [];
  for (const point of points) {
    const [longitude = 0, latitude = 0] = point.geometry.coordinates as number[];
    places.push(L.latLng(latitude, longitude));
    const { mark, fill, size, name, href, number } = point.properties ?? {};
    if (number || point.properties?.pin) continue;
    const colour = mark ? "#c8392b" : fill ? colourOf(box, fill) : "#26241f";
    const radius = size ? Math.min(5 + 2.2 * Math.sqrt(size), 26) : 6;
    const ring = fill && !mark ? "#26241f" : "#fbfaf6";
    const drawn = L.circleMarker([latitude, longitude], { radius, color: ring, weight: 2, fillColor: colour, fillOpacity: size ? 0.85 : 1 });
    drawn.bindTooltip(name ?? "").addTo(map);
    if (href) drawn.on("click", (event) => (L.DomEvent.stop(event), location.assign(href)));
  }
  const all = extent(units);
  const bounds = L.latLngBounds(places);
  if (all) bounds.extend([all[1], all[0]]).extend([all[3], all[2]]);
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [12, 12], maxZoom: 17 });

  const lettering = stand(map, layer);
  const pins = points.filter((point) => point.properties?.number);
  drawPins(map, pins);
  if (box.dataset.places) void drawHeaps(map, box.dataset.places, pins); // the rest of the map does not wait for it
  const onView = (ring: Polygons[number][number]): Point[] =>
    ring.map(([longitude = 0, latitude = 0]): Point => {
      const { x, y } = map.latLngToContainerPoint([latitude, longitude]);
      return [x, y];
    });
  const lettered = areas.filter((area) => area.properties?.letter && area.properties.name);
  lettering.keepOff(() => lettered.flatMap((area) => polygonsOf(area).flat().map(onView)));
  lettering.letter("areas", () =>
    lettered.map((area, unit) => ({
      text: area.properties!.name!, rank: unit / 1e6, size: 15, least: 12, bold: true, ink: "ink" as const, along: false,
      lines: polygonsOf(area).map(([outer]) => onView(outer ?? [])),
    })),
  );

  const say = document.createElement("p");
  say.className = "say";
  say.setAttribute("role", "status");
  box.append(say);
  const tell = (unit: number): void => {
    layer.choose(unit);
    const about = areas[unit]?.properties;
    say.textContent = about ? [about.name, about.text].filter(Boolean).join(" · ") : "";
  };
  map.on("mousemove", (event) => tell(layer.pick(event.latlng)));
  let pin: L.Marker | null = null;
  /** Put the pin of who says where something is. */
  const putPin = (place: L.LatLng, name: string): void => {
    pin?.remove();
    pin = L.marker(place, { icon: L.divIcon({ className: "pin", iconSize: [28, 36], iconAnchor: [14, 34] }), title: name, alt: name, keyboard: false }).addTo(map);
  };
  const own = points.find((point) => point.properties?.pin);
  if (own) {
    const [longitude = 0, latitude = 0] = own.geometry.coordinates as number[];
    putPin(L.latLng(latitude, longitude), own.properties?.name ?? "");
    map.setView([latitude, longitude], 16);
  }
  const press = (place: L.LatLng): void => {
    if (box.dataset.picked) putPin(place, box.dataset.picked);
    const unit = layer.pick(place);
    tell(unit);
    box.dispatchEvent(new CustomEvent("pick", { bubbles: true, detail: { unit, longitude: place.lng, latitude: place.lat } }));
    const form = document.getElementById(box.dataset.pick ?? "");
    if (form instanceof HTMLFormElement) {
      for (const [name, value] of [["longitude", place.lng], ["latitude", place.lat]] as const) {
        const field = form.elements.namedItem(name);
        if (field instanceof HTMLInputElement) field.value = value.toFixed(6);
      }
      form.requestSubmit();
    } else {
      const href = areas[unit]?.properties?.href;
      if (href) location.assign(href);
    }
  };
  map.on("click", (event) => press(event.latlng));
  // arrows and +/- come with Leaflet; the middle of the view is told as it moves, Enter chooses it
  map.on("moveend", () => {
    if (document.activeElement === box) tell(layer.pick(map.getCenter()));
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === box) press(map.getCenter());
  });
}

/** Draw a map in its box; one that is `data-lazy` is drawn when its page asks for it. */
export function start(box: HTMLElement | null): void {
  if (!box) return;
  show(box).catch((error: unknown) => {
    const english = document.documentElement.lang.startsWith("en");
    box.textContent = english ? "The map could not be loaded; the table says the same." : "地图没有载入，表格里有同样的内容。";
    throw error;
  });
}
for (const box of document.querySelectorAll<HTMLElement>(".map[data-map]:not([data-lazy]), .map[data-geojson]:not([data-lazy])")) start(box);
