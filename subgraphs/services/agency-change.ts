/** What an agency says of itself: how it is reached, when, and its mark. The city keeps its name and kind. */
import type { Kysely } from "kysely";
import { z } from "zod";
import { badUserInput } from "../kit/errors.ts";
import type { CatalogueActor } from "./catalogue.actor.ts";
import type { ServicesTables } from "./tables.ts";

const text = z.string().trim().min(1).max(200);
const url = z.url({ protocol: /^https$/ }).max(500);

/** Null takes away what was said. */
const contact = z.strictObject({
  website: url.nullable(),
  phone: text.max(30).nullable(),
  email: z.email().max(254).nullable(),
  logo: url.nullable(),
  hours: z.strictObject({ en: text, ar: text }).nullable(),
});
export type AgencyContact = z.infer<typeof contact>;

/** @throws GraphQLError BAD_USER_INPUT that names the field and how to write it. */
export function readContact(given: object): AgencyContact {
  const parsed = contact.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join(".") ?? "contact";
  throw badUserInput(
    `\`contact.${field}\` is not right: ${issue?.message}. Addresses begin with https://, texts have 200 characters at most.`,
    { field: `/${issue?.path.join("/") ?? ""}` },
  );
}

/** @returns whether there is such an agency. */
export async function updateContact(
  db: Kysely<ServicesTables>,
  { agencyId }: CatalogueActor,
  { hours, ...said }: AgencyContact,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("agency")
    .set({ ...said, hours_en: hours?.en ?? null, hours_ar: hours?.ar ?? null })
    .where("id", "=", agencyId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
