/**
 * The data-sharing subgraph in a process of its own for the load program, as it is built; with `UNLOGGED`
 * its writer counts the uses of grants, as it always does, and writes no entry. Prints its URL.
 */
import { fromRoot } from "../../platform/root.ts";

const built = async (path: string): Promise<any> => import(fromRoot("dist", path));

const { subgraph } = await built("subgraphs/data-sharing/subgraph.js");
const { takeUse } = await built("subgraphs/data-sharing/product.store.js");
const { openDatabase } = await built("subgraphs/kit/database.js");
const { migrate, seedOnce } = await built("subgraphs/kit/migrate.js");
const { serveSubgraph } = await built("subgraphs/kit/serve.js");
const { silentLog } = await built("platform/log.js");

const { DATABASE_URL: url, KEY: key, UNLOGGED: unlogged } = process.env;
const store = { kind: "postgres", url };

const definition = unlogged
  ? {
      ...subgraph,
      createContext(base: any, companion: any) {
        const accessLogWriter = {
          async write(access: any, { use }: any = {}) {
            if (use && !(await takeUse(base.db, use))) throw new Error("the rate is used up");
            return { entry: { ...access, sequence: 0 } };
          },
        };
        return { ...subgraph.createContext(base, companion), accessLogWriter };
      },
    }
  : subgraph;

const running = await serveSubgraph({
  definition,
  async openDb(onStatement: unknown) {
    const options = { subgraph: "data-sharing", store, extensions: [], log: silentLog };
    const db = await openDatabase({ ...options, onStatement });
    await migrate(db, subgraph);
    await seedOnce(db, subgraph);
    return db;
  },
  host: "127.0.0.1",
  port: 0,
  signingKey: Buffer.from(key ?? "", "base64url"),
  log: silentLog,
});
console.log(running.url);
process.once("SIGTERM", () => void running.stop().then(() => process.exit(0)));
