/** `node subgraph-process.ts BODY [LATENCY_MS]`: a partner in a process of its own, told by messages how to be. */
import { startPartner, type Trouble } from "./troubles.ts";

const partner = await startPartner(process.argv[2] ?? "{}", Number(process.argv[3] ?? 0));
process.on("message", (trouble: Trouble) => partner.be(trouble));
process.on("disconnect", () => process.exit());
process.send?.(partner.url);
