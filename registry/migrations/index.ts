/** The migrations of the registry, in the order of their names. */
import { registry } from "./0001-registry.ts";
import { credentials } from "./0002-credentials.ts";
import { ownership } from "./0003-ownership.ts";
import { use } from "./0004-use.ts";

export const migrations = {
  "0001-registry": registry,
  "0002-credentials": credentials,
  "0003-ownership": ownership,
  "0004-use": use,
};
