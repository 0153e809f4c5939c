/** Picks for made-up data: the same text always picks the same, neighbouring texts pick unalike. */

/** FNV-1a, 32 bits: spreads neighbouring licence numbers evenly. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

/** True for about `percent` of a hundred texts. */
export const isPicked = (text: string, percent: number): boolean => hash(text) % 100 < percent;
