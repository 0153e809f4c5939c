/** A test run that fails must say so to whoever started it, and not only to whoever reads it. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { fromRoot } from "../../platform/root.ts";
import { tempFolder } from "../support/temp-folder.ts";

const run = promisify(execFile);

/** With the global setup of this project: its servers have once ended failing runs with 0. */
const config = `export default { test: {
  globals: true,
  include: ["one.test.js"],
  globalSetup: [${JSON.stringify(fromRoot("test/support/global-setup.ts"))}],
} };`;

test.each([
  ["passes", "expect(1).toBe(1)", 0],
  ["fails", "expect(1).toBe(2)", 1],
])(
  "a run whose test %s ends with the code that says so",
  async (_, body, code) => {
    await using folder = await tempFolder({
      "vitest.config.mjs": config,
      "one.test.js": `test("one", () => { ${body}; });`,
    });
    const vitest = fromRoot("node_modules/vitest/vitest.mjs");
    const args = [vitest, "run", "--root", folder.path];
    const ended = await run(process.execPath, args, { env: { PATH: process.env["PATH"] } }).then(
      () => 0,
      (error: { code: number }) => error.code,
    );
    expect(ended).toBe(code);
  },
  120_000,
);
