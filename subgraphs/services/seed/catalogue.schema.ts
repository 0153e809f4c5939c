/** The shape of the seed's data files; a file that strays from it is refused with the place named. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { fromRoot } from "../../../platform/root.ts";
import { type ServiceEntry, serviceEntry } from "../service-entry.ts";
import { agencyKinds, evidenceLevels } from "../tables.ts";

const text = z.string().trim().min(1);
const localized = z.strictObject({ en: text, ar: text });
const id = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);

const category = z.strictObject({ id, name: localized });

const lifeEvent = z.strictObject({ id, name: localized, services: z.array(id).min(1) });

const agency = z.strictObject({
  id,
  kind: z.enum(agencyKinds),
  name: localized,
  website: z.url().nullable(),
  phone: text.nullable(),
  evidence: z.enum(evidenceLevels),
});

/** What services of one kind have in common. All of it is made up. */
const guide = z.strictObject({
  id,
  services: z.array(id).min(1),
  eligibility: z.array(localized).min(1),
  rules: z.array(localized).min(1),
  steps: z.array(localized).min(1),
  outputs: z.array(localized).min(1),
});

/** Those to which the seed knows a way (request-rows.ts). */
const seededStatuses = ["DRAFT", "SUBMITTED", "IN_REVIEW", "APPROVED", "REJECTED"] as const;

const request = z.strictObject({
  id: z.string().startsWith("req_"),
  person: id,
  service: id,
  status: z.enum(seededStatuses),
  submittedAt: z.iso.datetime({ offset: true }).nullable(),
  updatedAt: z.iso.datetime({ offset: true }),
  reference: text.nullable(),
});

/** Uses a day, from the first day on. */
const use = z.strictObject({
  from: z.iso.date(),
  counts: z.record(id, z.array(z.number().int().nonnegative())),
});

/** By service: the first version of its form. All of them are made up. */
const requestForms = z.record(id, z.record(z.string(), z.json()));

export type SeedLifeEvent = z.infer<typeof lifeEvent>;
export type SeedRequestForms = z.infer<typeof requestForms>;
export type SeedCategory = z.infer<typeof category>;
export type SeedRequest = z.infer<typeof request>;
export type SeedAgency = z.infer<typeof agency>;
export type SeedGuide = z.infer<typeof guide>;
export type SeedService = ServiceEntry;
export type SeedUse = z.infer<typeof use>;

async function read<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const file = `subgraphs/services/seed/${name}`;
  const parsed = schema.safeParse(JSON.parse(await readFile(fromRoot(file), "utf8")));
  if (parsed.success) return parsed.data;
  throw new Error(`${file} is not as it should be:\n${z.prettifyError(parsed.error)}`);
}

export const readCategories = () => read("categories.json", z.array(category));
export const readLifeEvents = () => read("life-events.json", z.array(lifeEvent));
export const readAgencies = () => read("agencies.json", z.array(agency));
export const readServices = () => read("services.json", z.array(serviceEntry));
export const readGuides = () => read("service-guides.json", z.array(guide));
export const readUse = () => read("use.json", use);
export const readRequests = () => read("requests.json", z.array(request));
export const readRequestForms = () => read("request-forms.json", requestForms);
