// Which tiles of an outside map cover a view, and where their corners lie in truth, whatever system that map is in.
import type { Point } from "./placing";
import { type System, shifted, unshifted } from "./shifts";

export interface Laid { x: number; y: number; zoom: number; /** West and north, then east and south, in our degrees. */ corners: [Point, Point] }

const LAST = 18; // zoom of the nearest tiles
const RAD = Math.PI / 180;
// Baidu's tiles are squares of an ellipsoid's Mercator in metres, 2^(18 - zoom) a pixel, counted from the equator northwards
const AXIS = 6378206;
const FLAT = Math.sqrt(1 - (6356584.314245179 / AXIS) ** 2);
const baiduSide = (zoom: number): number => 256 * 2 ** (18 - zoom);

interface Grid {
  /** The tile's zoom that suits the map's. */
  zoom(map: number): number;
  /** Tiles from the grid's corner, and back. */
  tile(place: Point, zoom: number): Point;
  place(tile: Point, zoom: number): Point;
}

const mercator: Grid = {
  zoom: Math.round,
  tile: ([lon, lat], zoom) => [((lon + 180) / 360) * 2 ** zoom, ((1 - Math.asinh(Math.tan(lat * RAD)) / Math.PI) / 2) * 2 ** zoom],
  place: ([x, y], zoom) => [(x / 2 ** zoom) * 360 - 180, Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / 2 ** zoom))) / RAD],
};

const baidu: Grid = {
  zoom: (map) => Math.round(map + 18 - Math.log2((2 * Math.PI * AXIS) / 256)),
  tile: ([lon, lat], zoom) => {
    const sin = Math.sin(lat * RAD);
    return [(AXIS * lon * RAD) / baiduSide(zoom), (AXIS * (Math.atanh(sin) - FLAT * Math.atanh(FLAT * sin))) / baiduSide(zoom)];
  },
  place: ([x, y], zoom) => {
    const north = (y * baiduSide(zoom)) / AXIS;
    let sin = Math.tanh(north);
    for (let round = 0; round < 8; round++) sin = Math.tanh(north + FLAT * Math.atanh(FLAT * sin));
    return [(x * baiduSide(zoom)) / AXIS / RAD, Math.asin(sin) / RAD];
  },
};

/** Return the tiles that cover a view of so many degrees at the map's zoom. */
export function tilesOf([west, south, east, north]: readonly [number, number, number, number], zoom: number, system: System): Laid[] {
  const grid = system === "bd09" ? baidu : mercator;
  const near = Math.max(3, Math.min(LAST, grid.zoom(zoom)));
  // a shifted view is no rectangle any more: all four corners
  const ends = [[west, south], [west, north], [east, south], [east, north]].map((one) => grid.tile(shifted(one as Point, system), near));
  const [xs, ys] = [ends.map(([x]) => x), ends.map(([, y]) => y)];
  const found: Laid[] = [];
  for (let x = Math.floor(Math.min(...xs)); x < Math.max(...xs); x++)
    for (let y = Math.floor(Math.min(...ys)); y < Math.max(...ys); y++) {
      // nor is a shifted tile one: it spans all its corners, so that neighbours leave no gap
      const places = [[x, y], [x + 1, y], [x, y + 1], [x + 1, y + 1]].map((one) => unshifted(grid.place(one as Point, near), system));
      const [lons, lats] = [places.map(([lon]) => lon), places.map(([, lat]) => lat)];
      found.push({ x, y, zoom: near, corners: [[Math.min(...lons), Math.max(...lats)], [Math.max(...lons), Math.min(...lats)]] });
    }
  return found;
}
