import { expect, test } from "vitest";
import { median, medianInterval } from "./median.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test("the median of an odd number is in the middle, of an even one between two", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test("its interval is that of published tables of the sign test", () => {
  expect(medianInterval(upTo(6))).toEqual([1, 6]);
  expect(medianInterval(upTo(10))).toEqual([2, 9]);
  expect(medianInterval(upTo(20))).toEqual([6, 15]);
  expect(medianInterval(upTo(25))).toEqual([8, 18]);
});

test("of few values it reaches from the least to the greatest", () => {
  expect(medianInterval([3, 1, 2])).toEqual([1, 3]);
});
