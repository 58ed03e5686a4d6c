// The shifted systems of Chinese map services, as linli.geodata.coordinates has them: longitude and latitude in degrees.
import type { Point } from "./placing";

export type System = "wgs84" | "gcj02" | "bd09";

const AXIS = 6378245; // Krasovsky 1940, which the shift is computed on
const ECCENTRICITY = 0.00669342162296594323;
const ANGLE = (Math.PI * 3000) / 180;

function gcj02([lon, lat]: Point): Point {
  if (lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271) return [lon, lat];
  const { abs, cos, sin, sqrt, PI } = Math;
  const [x, y] = [lon - 105, lat - 35];
  const root = sqrt(abs(x));
  const waves = ((20 * sin(6 * x * PI) + 20 * sin(2 * x * PI)) * 2) / 3;
  const north =
    -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves +
    ((20 * sin(y * PI) + 40 * sin((y / 3) * PI) + 160 * sin((y / 12) * PI) + 320 * sin((y * PI) / 30)) * 2) / 3;
  const east =
    300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves +
    ((20 * sin(x * PI) + 40 * sin((x / 3) * PI) + 150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * 2) / 3;
  const angle = (lat * PI) / 180;
  const magic = 1 - ECCENTRICITY * sin(angle) ** 2;
  return [
    lon + (east * 180) / ((AXIS / sqrt(magic)) * cos(angle) * PI),
    lat + (north * 180) / (((AXIS * (1 - ECCENTRICITY)) / (magic * sqrt(magic))) * PI),
  ];
}

function bd09(place: Point): Point {
  const [lon, lat] = gcj02(place);
  const distance = Math.hypot(lon, lat) + 0.00002 * Math.sin(lat * ANGLE);
  const angle = Math.atan2(lat, lon) + 0.000003 * Math.cos(lon * ANGLE);
  return [distance * Math.cos(angle) + 0.0065, distance * Math.sin(angle) + 0.006];
}

const SHIFTS: Record<System, (place: Point) => Point> = { wgs84: (place) => place, gcj02, bd09 };

/** Carry a place of ours (WGS-84 or CGCS2000) into a system. */
export const shifted = (place: Point, system: System): Point => SHIFTS[system](place);

/** Undo `shifted`, by going back as far as it leads; a round gains two digits or more. */
export function unshifted(place: Point, system: System): Point {
  let guess = place;
  for (let round = 0; round < 12; round++) {
    const [x, y] = shifted(guess, system);
    guess = [guess[0] + place[0] - x, guess[1] + place[1] - y];
  }
  return guess;
}
