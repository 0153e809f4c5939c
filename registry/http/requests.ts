/** What requests must look like: one zod schema each, with bounds on everything. */
import { z } from "zod";
import { wholeCity } from "../launches.ts";

const name = z
  .string()
  .regex(
    /^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/,
    "must be letters, digits, - and _, a letter first, 64 at most",
  );
const agency = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, "must be an agency's id, as `dewa`");
const label = z.string().trim().min(1).max(200);
const httpUrl = z.url({ protocol: /^https?$/, error: "must be an http(s) URL" }).max(2_000);

export const variant = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, "must be the name of a variant, as `city`")
  .default(wholeCity);

export const registrationBody = z.strictObject({
  name,
  ownerAgency: agency,
  contact: z.strictObject({ name: label, email: z.email().max(254) }),
  serviceLevel: z.strictObject({
    availabilityPercent: z.number().gt(0).max(100),
    answerWithinMs: z.int().min(1).max(60_000),
  }),
});

export const credentialBody = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("AGENCY"),
    label,
    agency,
    subgraphs: z.array(name).min(1).max(100),
  }),
  z.strictObject({ kind: z.enum(["GATEWAY", "OPERATOR"]), label }),
]);

export const rotationBody = z.strictObject({
  overlapHours: z.number().min(0).max(720).default(24),
});

export const consentBody = z.strictObject({
  ownerAgency: agency,
  subject: z
    .string()
    .max(300)
    .regex(/^[_A-Za-z]\w*(\.[_A-Za-z]\w*)?$/, "must be a type or a field, as `Bill.permit`"),
  partnerAgency: agency,
});

export const publicationBody = z.strictObject({
  variant,
  subgraphs: z
    .array(z.strictObject({ name, routingUrl: httpUrl, sdl: z.string().min(1).max(2_000_000) }))
    .min(1)
    .max(100)
    .refine((list) => new Set(list.map((one) => one.name)).size === list.length, {
      error: "must name each subgraph once",
    }),
  accept: z.array(z.string().max(300)).max(1_000).default([]),
});

export const rollbackBody = z.strictObject({
  variant,
  toLaunch: z.int().min(1).optional(),
});

const clientText = z.string().max(200).default("");

export const useBody = z.strictObject({
  variant,
  operations: z
    .array(
      z.strictObject({
        document: z.string().min(1).max(100_000),
        clientName: clientText,
        clientVersion: clientText,
        count: z.int().min(1).max(1_000_000_000),
      }),
    )
    .max(1_000),
});

/** `?limit=`, of lists. */
export const limit = z.coerce.number().int().min(1).max(1_000).default(50);
export const id = z.coerce.number().int().min(1).max(2_147_483_647);
