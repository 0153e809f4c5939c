/**
 * The content of one edition of the toolkit: six decision points, three foundations, a path for each
 * audience, templates, and the questions and steps of the self-diagnosis. Data, never code: a new
 * edition is a new document. It is refused unless every reference in it leads somewhere.
 */
import { z } from "zod";

const text = z.string().trim().min(1);
const localized = z.strictObject({ en: text, ar: text });
const id = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);

/** In the order in which they are cleared away: what the law forbids, no trust and no technique mends. */
export const blockers = {
  LEGAL: "LEGAL",
  TRUST: "TRUST",
  TECHNICAL: "TECHNICAL",
  CAPACITY: "CAPACITY",
} as const;
export type Blocker = keyof typeof blockers;

export const itemKinds = {
  EXPLANATION: "EXPLANATION",
  EXAMPLE: "EXAMPLE",
  STEP: "STEP",
  TECHNICAL: "TECHNICAL",
  DIAGNOSIS: "DIAGNOSIS",
} as const;
export type ItemKind = keyof typeof itemKinds;

const titled = { id, title: localized, text: localized };
const references = { template: id.optional(), decisionPoint: id.optional() };

const contentSchema = z.strictObject({
  decisionPoints: z
    .array(
      z.strictObject({
        id,
        title: localized,
        question: localized,
        options: z.array(z.strictObject(titled)).min(2),
      }),
    )
    .length(6),
  foundations: z
    .array(
      z.strictObject({
        ...titled,
        conditions: z.array(z.strictObject({ id, text: localized })).min(1),
      }),
    )
    .length(3),
  templates: z.array(z.strictObject(titled)).min(1),
  paths: z.array(
    z.strictObject({
      audienceId: id,
      items: z
        .array(
          z.strictObject({
            ...titled,
            ...references,
            kind: z.enum(itemKinds),
            foundation: id.optional(),
          }),
        )
        .min(1),
    }),
  ),
  diagnosis: z.strictObject({
    questions: z
      .array(
        z.strictObject({
          id,
          blocker: z.enum(blockers),
          /** How much it hinders when the answer is no; half as much when nobody knows. */
          weight: z.number().int().min(1).max(3),
          text: localized,
          ifNo: id,
          ifUnsure: id,
        }),
      )
      .min(1),
    /** The step when nothing is in the way. */
    clear: id,
    steps: z
      .array(
        z.strictObject({
          ...titled,
          owner: localized,
          withinDays: z.number().int().positive(),
          template: id.optional(),
          foundation: id,
        }),
      )
      .min(1),
  }),
});

export type ToolkitContent = z.infer<typeof contentSchema>;
export type Diagnostics = ToolkitContent["diagnosis"];

/** References that lead nowhere, and ids that are there twice; each as a sentence. */
function problemsOf(content: ToolkitContent): string[] {
  const { decisionPoints, foundations, templates, paths, diagnosis } = content;
  const items = paths.flatMap((path) => path.items);
  const known = {
    "decision point": decisionPoints.map((one) => one.id),
    foundation: foundations.map((one) => one.id),
    template: templates.map((one) => one.id),
    step: diagnosis.steps.map((one) => one.id),
    item: items.map((one) => one.id),
    question: diagnosis.questions.map((one) => one.id),
    option: decisionPoints.flatMap((point) => point.options.map((one) => `${point.id}/${one.id}`)),
    condition: foundations.flatMap((one) => one.conditions.map((condition) => condition.id)),
    audience: paths.map((path) => path.audienceId),
  };
  const twice = Object.entries(known).flatMap(([kind, ids]) =>
    ids
      .filter((one, index) => ids.indexOf(one) !== index)
      .map((one) => `The ${kind} "${one}" is there twice.`),
  );
  const missing = (kind: keyof typeof known, used: readonly (string | undefined)[]) =>
    used
      .filter((one) => one !== undefined && !known[kind].includes(one))
      .map((one) => `There is no ${kind} "${one}".`);
  const { questions, steps, clear } = diagnosis;
  return [
    ...twice,
    ...missing(
      "template",
      [...items, ...steps].map(({ template }) => template),
    ),
    ...missing(
      "decision point",
      items.map(({ decisionPoint }) => decisionPoint),
    ),
    ...missing(
      "foundation",
      [...items, ...steps].map(({ foundation }) => foundation),
    ),
    ...missing("step", [clear, ...questions.flatMap(({ ifNo, ifUnsure }) => [ifNo, ifUnsure])]),
  ];
}

export const toolkitContentSchema = contentSchema.superRefine((content, context) => {
  for (const message of problemsOf(content)) context.addIssue({ code: "custom", message });
});
