import fc from "fast-check";
import { expect, it } from "vitest";
import { createRouting } from "../../gateway/canary/routing.ts";

const by = (address: string, headers = {}) => ({ headers, principal: undefined, address });
const addresses = Array.from(
  { length: 5_000 },
  (_none, index) => `10.0.${index >> 8}.${index & 255}`,
);

it("gives a candidate its share of the clients, always the same ones, and others with the next candidate", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 0, max: 100 }), (id, share) => {
      const routing = createRouting(() => ({ id, share }), "nobody");
      const chosen = addresses.filter((address) => routing(by(address)));
      // 5 standard deviations of a fair draw.
      const spread = 5 * Math.sqrt((share / 100) * (1 - share / 100) * addresses.length);
      expect(Math.abs(chosen.length - (share / 100) * addresses.length)).toBeLessThanOrEqual(
        spread,
      );
      expect(addresses.filter((address) => routing(by(address)))).toEqual(chosen);
      // Whoever was in a smaller share is in a larger one.
      const larger = createRouting(() => ({ id, share: Math.min(100, share + 10) }), "nobody");
      expect(chosen.every((address) => larger(by(address)))).toBe(true);
      const next = createRouting(() => ({ id: id + 1, share }), "nobody");
      const isSame = addresses.filter((address) => next(by(address))).join() === chosen.join();
      expect(isSame).toBe(share === 0 || share === 100);
    }),
    { numRuns: 30 },
  );
});

it("sends everybody to what is live while there is no candidate, and refuses marks that lead nowhere", () => {
  const none = createRouting(() => undefined, "everybody");
  expect(none(by("10.0.0.1"))).toBeUndefined();
  expect(() => none(by("10.0.0.1", { "city-graph-preview": "7" }))).toThrow(/none is open/);
  const other = createRouting(() => ({ id: 8, share: 0 }), "everybody");
  expect(() => other(by("10.0.0.1", { "city-graph-preview": "7" }))).toThrow(/candidate 8 is open/);
  expect(other(by("10.0.0.1", { "city-graph-preview": "8" }))).toEqual({ id: 8, isMarked: true });
  const nobody = createRouting(() => ({ id: 8, share: 0 }), "nobody");
  expect(() => nobody(by("10.0.0.1", { "city-graph-preview": "8" }))).toThrow(/for nobody here/);
});
