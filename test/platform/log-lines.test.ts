/** Log lines of a process, as whoever reads its standard output sees them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { fromRoot } from "../../platform/root.ts";

function run(script: string) {
  const imported = `import { createLogLines } from ${JSON.stringify(fromRoot("platform/log-lines.ts"))};`;
  return spawn(process.execPath, ["--input-type=module", "-e", `${imported}\n${script}`], {
    stdio: ["pipe", "pipe", "inherit"],
  });
}

test("many lines arrive whole and in order, the last ones with the end of the process", async () => {
  const child = run(`
    const lines = createLogLines();
    for (let n = 0; n < 20_000; n += 1) lines.write("line " + n + " نص\\n");
    process.exit(3);`);
  const [told, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  expect(code).toBe(3);
  expect(told.split("\n").slice(0, -1)).toEqual(
    Array.from({ length: 20_000 }, (_, n) => `line ${n} نص`),
  );
});

test("a line does not wait for others for long", async () => {
  const child = run(`createLogLines().write("ready\\n"); process.stdin.resume();`);
  const [chunk] = await once(child.stdout, "data");
  expect(String(chunk)).toBe("ready\n");
  child.stdin.end();
  expect((await once(child, "exit"))[0]).toBe(0);
});

test("lines of an uncaught error's process are not lost", async () => {
  const child = spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `import { createLogLines } from ${JSON.stringify(fromRoot("platform/log-lines.ts"))};
      createLogLines().write("before\\n"); throw new Error("unexpected");`,
    ],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  expect(await text(child.stdout)).toBe("before\n");
});

test("when nobody reads any more, the process can still end", async () => {
  const child = run(`
    const lines = createLogLines();
    process.stdin.on("end", () => { lines.write("stopping\\n"); process.exit(0); }).resume();`);
  child.stdout.destroy();
  child.stdin.end();
  expect((await once(child, "exit"))[0]).toBe(0);
});
