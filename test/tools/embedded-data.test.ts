import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { expect, test } from "vitest";
import { prepareDataFolders } from "../../tools/embedded-data.ts";
import { tempFolder } from "../support/temp-folder.ts";

test("missing databases become copies of one empty database; those that are there are left alone", async () => {
  await using home = await tempFolder({ "health/mine": "kept" });
  const folders = ["health", "services", "payments"].map(home.file);
  // What an interrupted start left behind.
  await mkdir(home.file("services.unfinished"));
  await writeFile(home.file("services.unfinished/half"), "");
  await prepareDataFolders(home.file("empty"), folders);
  expect(await readdir(home.file("health"))).toEqual(["mine"]);
  expect(existsSync(home.file("services.unfinished"))).toBe(false);
  for (const name of ["services", "payments"]) {
    const database = await PGlite.create({ dataDir: home.file(name) });
    expect((await database.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    await database.close();
  }
});
