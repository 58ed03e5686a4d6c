// Lets a map stand on the ground: the basemap, or the outside map that the site names, under its fills' wash, names over it, scale and north beside it.
import type * as L from "leaflet";
import { Basemap } from "./basemap";
import type { BlocksLayer } from "./blocks-layer";
import { Lettering } from "./lettering";
import { OutsideTiles } from "./outside-tiles";
import { Scale } from "./scale";
import type { System } from "./shifts";

/** Call it once the map has its view; returns what letters the map, on ground or without. */
export function stand(map: L.Map, fills: BlocksLayer): Lettering {
  new Scale().addTo(map);
  const lettering = new Lettering().addTo(map);
  const beneath = document.querySelector<HTMLElement>("[data-basemap], [data-outside-map]")?.dataset;
  if (!beneath) return lettering;
  fills.setWash(Number(getComputedStyle(map.getContainer()).getPropertyValue("--map-wash")));
  const lay = (): void => {
    if (!beneath.basemap) return;
    const basemap = new Basemap(beneath.basemap);
    basemap.onPaint(() => lettering.letter("basemap", () => basemap.names));
    basemap.addTo(map);
  };
  if (beneath.outsideMap) {
    const outside = new OutsideTiles(beneath.outsideMap, beneath.system as System, () => {
      if (!map.hasLayer(outside)) return; // several are lost at once
      outside.remove();
      lay();
    });
    outside.addTo(map);
  } else lay();
  return lettering;
}
