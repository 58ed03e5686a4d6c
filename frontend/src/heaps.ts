// How many more there are at a place than bear a number on the map, and which places stand together at a scale.

/** What is left at each place once those that bear a number are taken out; `standing` says at which place each of them is. */
export function left<T extends { at?: string; count?: number }>(places: readonly T[], standing: readonly (string | undefined)[]): (T & { count: number })[] {
  const taken = new Map<string | undefined, number>();
  for (const at of standing) taken.set(at, (taken.get(at) ?? 0) + 1);
  return places.map((one) => ({ ...one, count: (one.count ?? 0) - (taken.get(one.at) ?? 0) })).filter(({ count }) => count > 0);
}

/** Put together what lies in one square of so many pixels. */
export function together<T>(places: readonly T[], pixelsOf: (one: T) => { x: number; y: number }, side: number): T[][] {
  const squares = new Map<string, T[]>();
  for (const one of places) {
    const { x, y } = pixelsOf(one), key = `${Math.floor(x / side)}:${Math.floor(y / side)}`;
    const square = squares.get(key);
    if (square) square.push(one);
    else squares.set(key, [one]);
  }
  return [...squares.values()];
}
