/** What the registry's routes take as JSON, and how it is read: a wrong body is told with every problem. */
import { getOperationAST, parse } from "graphql";
import { z } from "zod";
import { noCounts } from "../platform/canary-counts.ts";
import { RegistryError } from "./errors.ts";
import { currentVariant } from "./launching.ts";

const text = z.string().min(1).max(2_000);
const subgraphName = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "use lower-case words and hyphens")
  .max(64);
/** As Apollo's: letters, digits, hyphens and slashes. */
const tag = z.string().regex(/^[A-Za-z0-9/-]{1,128}$/, "has letters, digits, - and / only");
export const share = z.number().min(0).max(100);
const count = z.number().int().min(0).max(1e12);
const laneCounts = z.object({
  requests: count,
  errors: count,
  buckets: z.array(count).length(noCounts.buckets.length),
});
const operationText = z
  .string()
  .max(200_000)
  .refine((text) => {
    try {
      return getOperationAST(parse(text, { noLocation: true })) !== null;
    } catch {
      return false;
    }
  }, "is one operation with its fragments");
export const bodies = {
  subgraph: z.object({ name: subgraphName, owner: text, contacts: text, serviceLevel: text }),
  credential: z.object({ agency: text, subgraphs: z.array(subgraphName).min(1) }),
  rotation: z.object({
    id: text,
    graceHours: z
      .number()
      .min(0)
      .max(24 * 90)
      .default(24),
  }),
  revocation: z.object({ id: text }),
  consent: z.object({
    coordinate: z.string().regex(/^\w+(\.\w+)?$/, "is Type or Type.field"),
    grantedTo: text,
    grantedBy: text.optional(),
  }),
  contract: z.object({
    name: subgraphName.refine(
      (name) => name !== currentVariant,
      "is the whole graph: take another",
    ),
    include: z.array(tag).default([]),
    exclude: z.array(tag).default([]),
    hideUnreachable: z.boolean().default(true),
    force: z.boolean().default(false),
  }),
  contractRemoval: z.object({ name: text }),
  share: z.object({ share }),
  withdrawal: z.object({ reason: text.default("Withdrawn.") }),
  canary: z.object({
    candidate: z.number().int(),
    live: laneCounts,
    candidateLane: laneCounts,
    marked: laneCounts,
  }),
  rollback: z.object({ to: z.number().int().optional() }),
  usage: z.object({
    operations: z
      .array(
        z.object({
          operation: text,
          text: operationText.optional(),
          client: z.string().max(200),
          clientVersion: z.string().max(200),
          variant: z.string().min(1).max(64).optional(),
          count: z.number().int().min(1),
          fields: z.array(z.string().max(200)).max(2_000),
        }),
      )
      .max(2_000),
  }),
};

/** @throws RegistryError BAD_REQUEST */
export function readJson<S extends z.ZodType>(schema: S, body: string): z.infer<S> {
  let value: unknown;
  try {
    value = JSON.parse(body || "{}");
  } catch {
    throw new RegistryError("BAD_REQUEST", "The body must be JSON.");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new RegistryError("BAD_REQUEST", `The body is wrong: ${problems.join("; ")}.`);
}
