import { readFile } from "node:fs/promises";
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fromRoot } from "../../platform/root.ts";
import { checkNames, codesOf } from "../../registry/checks/problem.ts";
import { statusOf } from "../../registry/errors.ts";
import { createRoutes } from "../../registry/http/routes.ts";
import type { Registry } from "../../registry/registry.ts";

const rowsOf = async (file: string): Promise<string[][]> =>
  (await readFile(fromRoot("docs", file), "utf8"))
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.split("|").map((cell) => cell.trim().replaceAll("`", "")));

describe("the registry's pages", () => {
  it("list every check and every code of it", async () => {
    const rows = await rowsOf("checks.md");
    const listed = rows
      .filter(([, check = ""]) => checkNames.some((name) => name === check))
      .map(([, check, code]) => `${check} ${code}`)
      .filter((row) => !row.includes("Apollo"));
    const known = checkNames.flatMap((name) => codesOf[name].map((code) => `${name} ${code}`));
    expect(listed.toSorted()).toEqual(known.toSorted());
  });

  it("list every error code with its status", async () => {
    const rows = await rowsOf("registry.md");
    const listed = rows.filter(([, code = ""]) => /^[A-Z_]+$/.test(code) && code in statusOf);
    expect(Object.fromEntries(listed.map(([, code, status]) => [code, Number(status)]))).toEqual(
      statusOf,
    );
  });

  it("list every path", async () => {
    const rows = await rowsOf("registry.md");
    const listed = rows.flatMap(([, path = ""]) =>
      /^(GET|POST|DELETE) \//.test(path) ? [path] : [],
    );
    const routes = createRoutes({} as Registry, generateKeyPairSync("ed25519").privateKey);
    const known = routes.map(({ method, path }) => `${method} ${path}`);
    expect(listed.toSorted()).toEqual(known.toSorted());
  });
});
