/** `npm run new-subgraph -- NAME`: a working subgraph in TypeScript, in a folder of its own. */
import { resolve } from "node:path";
import { deriveSubgraphKey } from "../platform/http-signature.ts";
import { fromRoot } from "../platform/root.ts";
import { openCityHome } from "./city-home.ts";
import { namesOf } from "./new-subgraph/names.ts";
import { writeSubgraph } from "./new-subgraph/write-subgraph.ts";
import { runTool, ToolError } from "./tool.ts";

const usage = `Usage: npm run new-subgraph -- NAME [--in FOLDER]

Writes a working subgraph in TypeScript, with tests and the kit that it stands on. It needs nothing of
this folder afterwards.
  NAME          lower-case words and hyphens: parking, public-libraries
  --in FOLDER   where (default: NAME, beside this folder)`;

const options = { in: { type: "string" } } as const;

await runTool({ usage, options, positionals: true }, async ({ values, positionals }) => {
  const [name = "", ...more] = positionals;
  const names = namesOf(name);
  if (!names || more.length > 0) {
    throw new ToolError(`Name the subgraph by lower-case words and hyphens.\n\n${usage}`);
  }
  const folder = values.in === undefined ? fromRoot("..", name) : resolve(values.in);
  const key = deriveSubgraphKey(openCityHome().signingKey(), name).toString("base64url");
  let files: readonly string[];
  try {
    files = await writeSubgraph({ names, folder, key });
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException;
    if (code !== "EEXIST") throw error;
    throw new ToolError(
      `${path ?? message} is there already: nothing is overwritten. Choose another folder by --in.`,
    );
  }
  console.log(`Wrote ${files.length} files to ${folder}. Next:

  cd ${folder}
  npm install
  npm test
  npm start        serves http://127.0.0.1:4100/graphql

and, in this folder, with the rest of the city around it:

  npm run dev -- --with ${name}=http://127.0.0.1:4100/graphql`);
  return 0;
});
