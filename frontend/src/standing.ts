// Lets a map stand on the ground: the basemap under its fills' wash, names over it, and the scale.
import * as L from "leaflet";
import { Basemap } from "./basemap";
import type { BlocksLayer } from "./blocks-layer";
import { Lettering } from "./lettering";

/** Call it once the map has its view; returns what letters the map, on ground or without. */
export function stand(map: L.Map, fills: BlocksLayer): Lettering {
  const lettering = new Lettering().addTo(map);
  const tiles = document.querySelector<HTMLElement>("[data-basemap]")?.dataset.basemap;
  if (!tiles) return lettering;
  fills.setWash(Number(getComputedStyle(map.getContainer()).getPropertyValue("--map-wash")));
  const basemap = new Basemap(tiles);
  basemap.onPaint(() => lettering.letter("basemap", () => basemap.names));
  basemap.addTo(map);
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  return lettering;
}
