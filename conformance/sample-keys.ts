/**
 * The partner's file of sample keys (YAML or JSON): by type name, some keys that are there, one that
 * is not, and who may ask. An SDL tells what can be asked, and not for which keys there is an answer.
 */
import { parse } from "yaml";
import { z } from "zod";

const key = z.record(z.string(), z.unknown());

const schema = z.record(
  z.string(),
  z.strictObject({
    /** At least two make a check of order worth something. */
    known: z.array(key).default([]),
    /** A key that is not there; "answered": the type is another's, and every key gets your fields. */
    unknown: z.union([z.literal("answered"), key]).optional(),
    as: z
      .strictObject({
        kind: z.enum(["person", "agency", "operator"]),
        id: z.string().min(1),
        scopes: z.array(z.string()).default([]),
        policies: z.array(z.string()).default([]),
        agencyId: z.string().optional(),
      })
      .transform(({ agencyId, ...rest }) => (agencyId === undefined ? rest : { ...rest, agencyId }))
      .optional(),
  }),
);

export type SampleKeys = Readonly<z.infer<typeof schema>>;

/** What a file of sample keys has to say of itself when it cannot be used. */
export class SampleKeysError extends Error {
  override readonly name = "SampleKeysError";
}

/** @throws SampleKeysError with every problem and its place. */
export function readSampleKeys(text: string): SampleKeys {
  let value: unknown;
  try {
    value = parse(text) ?? {};
  } catch (error) {
    throw new SampleKeysError(
      `The sample keys are neither YAML nor JSON: ${(error as Error).message}`,
    );
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `  ${path.join(".") || "the file"}: ${message}`,
  );
  throw new SampleKeysError(
    `The sample keys must read "Type: { known: [{ id: … }] }":\n${problems.join("\n")}`,
  );
}
