/** The shape of the seed's data files; a file that strays from it is refused with the place named. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { fromRoot } from "../../../platform/root.ts";
import { type Format, mediaTypes } from "../dataset.rules.ts";
import { toolkitContentSchema } from "../toolkit-content.ts";
import { accessLevels, legalBases, personalDataKinds, purposeCodes, sensitivities, updateFrequencies } from "../tables.ts";

const text = z.string().trim().min(1);
const localized = z.strictObject({ en: text, ar: text });
const id = z.string().regex(/^[a-z0-9]+([.-][a-z0-9]+)*$/);
const day = z.iso.date();
const moment = z.iso.datetime({ offset: true }).transform((value) => new Date(value));

const participant = z.strictObject({
  agency: id,
  contact: z.strictObject({ name: localized, email: z.email() }),
});

const theme = z.strictObject({ id: z.string().regex(/^[A-Z]{4}$/), name: localized });

const licence = z.strictObject({ id, name: localized, url: z.url({ protocol: /^https$/ }) });

const dataset = z.strictObject({
  id,
  publisher: id,
  title: localized,
  description: localized,
  themes: z.array(theme.shape.id).min(1),
  keywords: z.array(localized).min(1),
  accessLevel: z.enum(accessLevels),
  sensitivity: z.enum(sensitivities),
  personalData: z.enum(personalDataKinds),
  personalFields: z.array(
    z.strictObject({ name: z.string().regex(/^[a-z][A-Za-z]*$/), label: localized }),
  ),
  licence: id.nullable(),
  updateFrequency: z.enum(updateFrequencies),
  issuedOn: day,
  modifiedOn: day,
  coverage: z.strictObject({ from: day, to: day.nullable() }),
  distributions: z
    .array(
      z.strictObject({
        format: z.enum(Object.keys(mediaTypes) as [Format, ...Format[]]),
        byteSize: z.number().int().positive().nullable(),
      }),
    )
    .min(1),
});

const consent = z.strictObject({
  id: z.string().regex(/^con_[0-9a-f-]{36}$/),
  person: id,
  dataset: id,
  grantedTo: id,
  purpose: z.enum(purposeCodes),
  fields: z.array(text).min(1),
  since: moment,
  until: moment,
  withdrawnAt: moment.nullable(),
});

const dataAccess = z.strictObject({
  id: z.string().regex(/^acc_[0-9a-f-]{36}$/),
  person: id,
  dataset: id,
  agency: id,
  purpose: z.strictObject({ code: z.enum(purposeCodes), text: localized }),
  fields: z.array(text).min(1),
  at: moment,
  legalBasis: z.enum(legalBases),
  consent: consent.shape.id.nullable(),
});

const toolkitAudience = z.strictObject({
  id,
  version: z.number().int().positive(),
  publishedOn: day,
  reviewOn: day,
  title: localized,
  forWhom: localized,
  firstSteps: z.array(z.strictObject({ title: localized, text: localized })).min(1),
});

const toolkitEdition = z
  .looseObject({ version: z.number().int().positive(), publishedOn: day, reviewOn: day })
  .transform(({ version, publishedOn, reviewOn, ...rest }) => ({
    version,
    publishedOn,
    reviewOn,
    content: toolkitContentSchema.parse(rest),
  }));

export type SeedParticipant = z.infer<typeof participant>;
export type SeedTheme = z.infer<typeof theme>;
export type SeedLicence = z.infer<typeof licence>;
export type SeedDataset = z.infer<typeof dataset>;
export type SeedConsent = z.infer<typeof consent>;
export type SeedDataAccess = z.infer<typeof dataAccess>;
export type SeedToolkitAudience = z.infer<typeof toolkitAudience>;

async function read<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
): Promise<readonly z.infer<Schema>[]> {
  const file = `subgraphs/data-sharing/seed/${name}`;
  const parsed = z.array(schema).safeParse(JSON.parse(await readFile(fromRoot(file), "utf8")));
  if (parsed.success) return parsed.data;
  throw new Error(`${file} is not as it should be:\n${z.prettifyError(parsed.error)}`);
}

export const readParticipants = () => read("participants.json", participant);
export const readThemes = () => read("themes.json", theme);
export const readLicences = () => read("licences.json", licence);
export const readDatasets = () => read("datasets.json", dataset);
export const readConsents = () => read("consents.json", consent);
export const readDataAccesses = () => read("data-accesses.json", dataAccess);
export const readToolkit = () => read("toolkit.json", toolkitAudience);
export const readToolkitEditions = () => read("toolkit-edition.json", toolkitEdition);
