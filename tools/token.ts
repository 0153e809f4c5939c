/** `npm run token -- person|agency|operator [id]`: prints a token for somebody of the seed. */
import type { Principal } from "../platform/principal.ts";
import { openCityHome } from "./city-home.ts";
import { openDevIssuer } from "./issuer.ts";
import { runTool, ToolError } from "./tool.ts";

const person = (id: string): Principal => ({ kind: "person", id, scopes: [], policies: [] });
const agency = (agencyId: string, ...scopes: readonly string[]): Principal => ({
  kind: "agency",
  id: `agency-${agencyId}`,
  agencyId,
  scopes: [...scopes],
  policies: [],
});

/** Who is in the seed; the first of each kind is the default. */
const seeded: readonly Principal[] = [
  person("person-amal"),
  person("person-omar"),
  person("person-lina"),
  agency("dewa", "billing:read", "catalogue:write"),
  agency("dubai-police", "billing:read"),
  agency("rta", "billing:read", "billing:charge"),
  agency("enoc", "fuel:report"),
  agency("emarat", "fuel:report"),
  agency("dha", "facilities:write", "bulletins:write"),
  agency("mohap", "bulletins:write", "figures:write"),
  {
    kind: "operator",
    id: "operator-noura",
    scopes: [
      "payments:read",
      "payments:refund",
      "payments:reconcile",
      "billing:read",
      "operations",
    ],
    policies: [],
  },
];

const usage = `Usage: npm run token -- person|agency|operator [id] [--ttl-seconds N]

Prints a token of the development issuer, and nothing else when npm is told to be silent
(npm run -s token -- person). It is good for 8 hours, or for --ttl-seconds. There are:
${seeded.map(({ kind, id }) => `  ${kind.padEnd(9)} ${id}`).join("\n")}`;

const options = { "ttl-seconds": { type: "string" } } as const;
const defaultTtlSeconds = 8 * 60 * 60;

function find(kind: string | undefined, id: string | undefined): Principal {
  const ofKind = seeded.filter((one) => one.kind === kind);
  const found = ofKind.find((one) => id === undefined || one.id === id);
  if (found) return found;
  const wrong = ofKind.length === 0 ? `kind "${kind ?? ""}"` : `${kind} "${id}"`;
  throw new ToolError(`There is no ${wrong} in the seed.\n\n${usage}`);
}

function readTtl(text: string | undefined): number {
  if (text === undefined) return defaultTtlSeconds;
  const seconds = /^\d+$/.test(text) ? Number(text) : 0;
  if (seconds > 0) return seconds;
  throw new ToolError(`--ttl-seconds must be a whole number of seconds above 0, not "${text}".`);
}

await runTool({ usage, options, positionals: true }, async ({ values, positionals }) => {
  const [kind, id] = positionals;
  const principal = find(kind, id);
  const ttlSeconds = readTtl(values["ttl-seconds"]);
  const issuer = await openDevIssuer(openCityHome().path);
  console.log(await issuer.sign(principal, ttlSeconds));
  return 0;
});
