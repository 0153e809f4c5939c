/** The shape of the seed's data files; a file that strays from it is refused with the place named. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { fromRoot } from "../../../platform/root.ts";
import {
  agencyKinds,
  audiences,
  channelKinds,
  evidenceLevels,
  feeKinds,
  serviceStatuses,
} from "../tables.ts";

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

const channel = z.strictObject({
  kind: z.enum(channelKinds),
  url: z.url().optional(),
  phone: text.optional(),
  hours: localized.optional(),
});

const fee = z.strictObject({
  kind: z.enum(feeKinds),
  name: localized,
  /** Fils. */
  amount: z.number().int().positive().transform(BigInt),
  sample: z.boolean(),
});

const service = z.strictObject({
  id,
  agency: id,
  category: id,
  name: localized,
  summary: localized,
  description: localized,
  audiences: z.array(z.enum(audiences)).min(1),
  channels: z.array(channel).min(1),
  fees: z.array(fee),
  processingTime: z.strictObject({ duration: text, businessDays: z.boolean() }),
  requiredDocuments: z.array(localized),
  payable: z.boolean(),
  status: z.enum(serviceStatuses),
  keywords: z.array(text),
  evidence: z.enum(evidenceLevels),
  lastReviewedAt: z.iso.date(),
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
export type SeedService = z.infer<typeof service>;
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
export const readServices = () => read("services.json", z.array(service));
export const readUse = () => read("use.json", use);
export const readRequests = () => read("requests.json", z.array(request));
export const readRequestForms = () => read("request-forms.json", requestForms);
