import { expect, test } from "vitest";
import { formatTable } from "../../tools/table.ts";

test("columns are as wide as their widest cell, and lines end without spaces", () => {
  expect(
    formatTable(
      ["name", "state"],
      [
        ["a", "ready"],
        ["data-sharing", "ok"],
      ],
    ),
  ).toBe(
    ["name          state", "────────────  ─────", "a             ready", "data-sharing  ok"].join(
      "\n",
    ),
  );
});
