/** Process: stock Apollo Gateway on Apollo Server's standalone server. `apollo.ts SUPERGRAPH PORT MODE` */
import { readFileSync } from "node:fs";
import { ApolloGateway } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import responseCache from "@apollo/server-plugin-response-cache";

const [file = "", port = "", mode] = process.argv.slice(2);
const gateway = new ApolloGateway({ supergraphSdl: readFileSync(file, "utf8") });
const server = new ApolloServer({
  gateway,
  plugins: mode === "cached" ? [responseCache()] : [],
});
await startStandaloneServer(server, { listen: { port: Number(port), host: "127.0.0.1" } });
