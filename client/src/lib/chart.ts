/** The arithmetic of the charts: scales, sensible ticks, lines that break where a value is missing. */
export interface Scale {
  (value: number): number;
}

export function linear(from: readonly [number, number], to: readonly [number, number]): Scale {
  const width = from[1] - from[0] || 1;
  return (value) => to[0] + ((value - from[0]) / width) * (to[1] - to[0]);
}

/** Round steps (1, 2, 2.5 or 5 times a power of ten) that cover all values; about `count` of them. */
export function niceTicks(values: readonly number[], count = 5): number[] {
  if (values.length === 0) return [0, 1];
  let low = Math.min(...values);
  let high = Math.max(...values);
  // A line read against an axis that starts far from nought exaggerates: start at nought when near it.
  if (low > 0 && low < high * 0.4) low = 0;
  if (low === high) {
    const room = Math.abs(low) * 0.1 || 1;
    low = low >= 0 ? Math.max(0, low - room) : low - room;
    high += room;
  }
  const rough = (high - low) / Math.max(1, count - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10) * power;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

export interface Spot {
  x: number;
  y: number | null;
}

/** SVG path data; a missing value lifts the pen, it is never drawn as nought or bridged. */
export function linePath(spots: readonly Spot[]): string {
  let path = '';
  let isDown = false;
  for (const { x, y } of spots) {
    if (y !== null) path += `${isDown ? 'L' : 'M'}${round(x)} ${round(y)}`;
    isDown = y !== null;
  }
  return path;
}

/** Values with a gap at both sides: a line cannot show them, so they need a dot of their own. */
export function lonely(spots: readonly Spot[]): Spot[] {
  return spots.filter((spot, i) => spot.y !== null && spots[i - 1]?.y == null && spots[i + 1]?.y == null);
}

/** Which of `count` labels to print so that at most `room` fit, the last always among them. */
export function labelEvery(count: number, room: number): (index: number) => boolean {
  const sensible = [1, 2, 3, 4, 6, 12, 24, 36, 48, 60];
  const every = sensible.find((step) => Math.ceil(count / step) <= Math.max(1, room)) ?? 120;
  return (index) => (count - 1 - index) % every === 0;
}

/** Heights moved apart so that labels at them do not overlap; each as near to its own as the others let it. */
export function placed(heights: readonly number[], apart: number): number[] {
  const order = heights.map((_, index) => index).sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0));
  const found = [...heights];
  order.slice(1).forEach((index, before) => {
    const above = found[order[before] ?? 0] ?? 0;
    found[index] = Math.max(found[index] ?? 0, above + apart);
  });
  return found;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
