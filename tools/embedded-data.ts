/**
 * Folders of the embedded databases. Making an empty database takes PGlite seconds of both cores;
 * copying one takes none, so one is made and the others are copies of it.
 */
import { existsSync } from "node:fs";
import { cp, rename, rm } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";

/** @param empty Folder of the database that the others are copied from. */
export async function prepareDataFolders(empty: string, folders: readonly string[]): Promise<void> {
  const missing = folders.filter((folder) => !existsSync(folder));
  if (missing.length === 0) return;
  if (!existsSync(empty)) {
    // Under another name until it is whole: an interrupted start must not leave half of one behind.
    const unfinished = `${empty}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    const database = await PGlite.create({ dataDir: unfinished });
    await database.close();
    await rename(unfinished, empty);
  }
  for (const folder of missing) {
    const unfinished = `${folder}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await cp(empty, unfinished, { recursive: true });
    await rename(unfinished, folder);
  }
}
