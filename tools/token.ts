/** `npm run token -- person|agency|operator [id]`: prints a token for somebody of the seed. */
import { parseArgs } from "node:util";
import type { Principal } from "../platform/principal.ts";
import { openCityHome } from "./city-home.ts";
import { openDevIssuer } from "./issuer.ts";

const person = (id: string): Principal => ({ kind: "person", id, scopes: [], policies: [] });
const agency = (agencyId: string): Principal => ({
  kind: "agency",
  id: `agency-${agencyId}`,
  agencyId,
  scopes: ["billing:read"],
  policies: [],
});

/** Who is in the seed; the first of each kind is the default. */
const seeded: readonly Principal[] = [
  person("person-amal"),
  person("person-omar"),
  person("person-lina"),
  agency("dewa"),
  agency("dubai-police"),
  {
    kind: "operator",
    id: "operator-noura",
    scopes: ["payments:read", "billing:read", "operations"],
    policies: [],
  },
];

const usage = `Usage: npm run token -- person|agency|operator [id] [--ttl-seconds N]

Prints a token of the development issuer, for 8 hours unless told otherwise. There are:
${seeded.map(({ kind, id }) => `  ${kind.padEnd(9)} ${id}`).join("\n")}`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    "ttl-seconds": { type: "string", default: `${8 * 60 * 60}` },
    help: { type: "boolean" },
  },
});
const [kind, id] = positionals;
const principal = seeded.find((one) => one.kind === kind && (id === undefined || one.id === id));
const ttlSeconds = Number(values["ttl-seconds"]);

if (values.help) {
  console.log(usage);
} else if (!principal || !Number.isInteger(ttlSeconds) || ttlSeconds < 1) {
  console.error(usage);
  process.exitCode = 1;
} else {
  const issuer = await openDevIssuer(openCityHome().path);
  console.log(await issuer.sign(principal, ttlSeconds));
}
