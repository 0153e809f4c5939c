import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { fromRoot } from "../../platform/root.ts";

test("an error in the log keeps its message, code and cause, and nothing that a driver hung on it", () => {
  const script = `
    import { createLog } from ${JSON.stringify(fromRoot("platform/log.ts"))};
    const cause = new Error("connection refused");
    const error = Object.assign(new Error("statement failed", { cause }), { code: "23505", params: ["25.2048"], query: "select secret" });
    createLog({ name: "test", level: "info", pretty: false }).error({ err: error }, "failed");`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  const { err } = JSON.parse(stdout);
  expect(err).toMatchObject({
    type: "Error",
    message: "statement failed",
    code: "23505",
    cause: "Error: connection refused",
  });
  expect(stdout).not.toMatch(/25\.2048|select secret/);
});
