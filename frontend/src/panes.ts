// What lies over what on a map: fills lowest, then what is drawn on the ground, Leaflet's own shapes (400), names, points (600).
import type * as L from "leaflet";

const LEVELS = { wash: 210, basemap: 220, lettering: 450 };

/** Return a pane of the map; none of ours takes a press. */
export function paneOf(map: L.Map, name: keyof typeof LEVELS): HTMLElement {
  const there = map.getPane(name);
  if (there) return there;
  const made = map.createPane(name);
  made.style.zIndex = `${LEVELS[name]}`;
  made.style.pointerEvents = "none";
  return made;
}
