/** Headers of clients come in few forms: what was read of a form is kept for those that follow. */
import { LRUCache } from "lru-cache";

/** @param read Pure, and never throws. */
export function remember<T>(
  read: (header: string | undefined) => T,
): (header: string | undefined) => T {
  const known = new LRUCache<string, { readonly value: T }>({ max: 200 });
  return (header = "") => {
    const found = known.get(header);
    if (found) return found.value;
    const value = read(header);
    // A client's own invention of any length is not worth its room.
    if (header.length <= 256) known.set(header, { value });
    return value;
  };
}
