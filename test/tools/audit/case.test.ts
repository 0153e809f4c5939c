import { expect, test } from "vitest";
import { differenceOf } from "../../../tools/audit/case.ts";

const query = "{ a }";

test("equal data passes, whatever the errors, when the case does not judge errors", () => {
  const one = { query, expected: { data: { a: 1 } } };
  expect(differenceOf(one, { data: { a: 1 } })).toBeUndefined();
  expect(differenceOf(one, { data: { a: 1 }, errors: [{}] })).toBeUndefined();
});

test("a missing and an unexpected error are differences when the case judges errors", () => {
  const wanted = { query, expected: { data: { a: null }, errors: true } };
  expect(differenceOf(wanted, { data: { a: null }, errors: [{}] })).toBeUndefined();
  expect(differenceOf(wanted, { data: { a: null } })).toMatch(/hasErrors/);
  const unwanted = { query, expected: { data: { a: 1 }, errors: false } };
  expect(differenceOf(unwanted, { data: { a: 1 }, errors: [{ message: "down" }] })).toMatch(/down/);
});

test("another value is a difference that shows both", () => {
  const difference = differenceOf({ query, expected: { data: { a: 1 } } }, { data: { a: 2 } });
  expect(difference).toMatch(/[+] .*2/);
  expect(difference).toMatch(/- .*1/);
});

test("no data at all is null data", () => {
  const one = { query, expected: { data: null, errors: true } };
  expect(differenceOf(one, { errors: [{}] })).toBeUndefined();
});
