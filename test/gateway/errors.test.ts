import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { errorCodes } from "../../gateway/errors.ts";
import { fromRoot } from "../../platform/root.ts";

test("docs/errors.md lists exactly the codes of the table, with their status and whether to retry", async () => {
  const page = await readFile(fromRoot("docs/errors.md"), "utf8");
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (yes|no) \| (.+) \|$/gm)];
  const documented = rows.map(([, code, status, retryable]) => [
    code,
    { httpStatus: Number(status), retryable: retryable === "yes" },
  ]);
  expect(Object.fromEntries(documented)).toEqual(errorCodes);
});
