/**
 * Answers to a service's form, checked by its JSON Schema (2020-12). What is wrong comes out by field, as a
 * JSON Pointer (RFC 6901) into the answers, with a stable code and a sentence in both languages. Beside the
 * standard's keywords a form has `label` and `hint` (both languages), `choiceLabels`, and `attachment`: the
 * media types of which the attachment that the answer names by its id must be one.
 */
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import ajvFormats from "ajv-formats";
import { type FormProblemCode, messageOf } from "./request-form-messages.ts";
import type { Text } from "./tables.ts";

export type FormSchema = Readonly<Record<string, unknown>>;

export type DeclaredAttachment = { readonly id: string; readonly mediaType: string };

export type FormProblem = {
  /** JSON Pointer into the answers; empty for the answers as a whole. */
  readonly field: string;
  readonly code: FormProblemCode;
  readonly message: Text;
};

/** So many are told at once: whoever sends nonsense is not answered at length. */
const mostProblems = 100;

const codes: Readonly<Record<string, FormProblemCode>> = {
  required: "REQUIRED",
  dependentRequired: "REQUIRED",
  type: "WRONG_TYPE",
  minLength: "TOO_SHORT",
  maxLength: "TOO_LONG",
  pattern: "WRONG_FORM",
  format: "WRONG_FORM",
  multipleOf: "WRONG_FORM",
  enum: "NOT_A_CHOICE",
  const: "NOT_A_CHOICE",
  minimum: "TOO_SMALL",
  exclusiveMinimum: "TOO_SMALL",
  formatMinimum: "TOO_SMALL",
  maximum: "TOO_LARGE",
  exclusiveMaximum: "TOO_LARGE",
  formatMaximum: "TOO_LARGE",
  minItems: "TOO_FEW",
  maxItems: "TOO_MANY",
  uniqueItems: "REPEATED",
  additionalProperties: "UNKNOWN_FIELD",
  unevaluatedProperties: "UNKNOWN_FIELD",
  attachment: "NO_SUCH_ATTACHMENT",
};

const textSchema = {
  type: "object",
  properties: { en: { type: "string", minLength: 1 }, ar: { type: "string", minLength: 1 } },
  required: ["en", "ar"],
  additionalProperties: false,
};

type Given = { readonly attachments: readonly DeclaredAttachment[] };

function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    strictRequired: false,
    passContext: true,
  });
  ajvFormats.default(ajv);
  for (const keyword of ["label", "hint"]) ajv.addKeyword({ keyword, metaSchema: textSchema });
  ajv.addKeyword({
    keyword: "choiceLabels",
    metaSchema: { type: "object", additionalProperties: textSchema },
  });
  ajv.addKeyword({
    keyword: "attachment",
    type: "string",
    schemaType: "array",
    metaSchema: { type: "array", items: { type: "string" }, minItems: 1 },
    errors: false,
    validate(this: Given, mediaTypes: readonly string[], id: string): boolean {
      return this.attachments.some((one) => one.id === id && mediaTypes.includes(one.mediaType));
    },
  });
  return ajv;
}

const escapePointer = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");
const unescapePointer = (part: string): string => part.replaceAll("~1", "/").replaceAll("~0", "~");

/** A missing or unknown field is told at its own place, not at the object that should have it. */
function fieldOf({ instancePath, params }: ErrorObject): string {
  const { missingProperty, additionalProperty, unevaluatedProperty } = params as Record<
    string,
    string | undefined
  >;
  const name = missingProperty ?? additionalProperty ?? unevaluatedProperty;
  return name === undefined ? instancePath : `${instancePath}/${escapePointer(name)}`;
}

/** The part of a form that describes a field, found along `properties` and `items`. */
function schemaOf(form: FormSchema, field: string): FormSchema | undefined {
  let found: FormSchema | undefined = form;
  for (const part of field.split("/").slice(1)) {
    const properties = found?.["properties"] as Record<string, FormSchema> | undefined;
    const name = unescapePointer(part);
    found =
      properties && Object.hasOwn(properties, name)
        ? properties[name]
        : (found?.["items"] as FormSchema | undefined);
  }
  return found;
}

function problemOf(form: FormSchema, error: ErrorObject): FormProblem {
  const field = fieldOf(error);
  const code = codes[error.keyword] ?? "INVALID";
  const described = schemaOf(form, field);
  const { limit } = error.params as { limit?: number | string };
  const name = unescapePointer(field.split("/").at(-1) ?? "");
  return {
    field,
    code,
    message: messageOf(code, {
      label: (described?.["label"] as Text | undefined) ?? { en: name, ar: name },
      hint: described?.["hint"] as Text | undefined,
      limit,
    }),
  };
}

/** Of equal ones the first: an `allOf` can say the same thing twice. */
const isFirst = (problem: FormProblem, index: number, all: readonly FormProblem[]): boolean =>
  all.findIndex(({ field, code }) => field === problem.field && code === problem.code) === index;

export type CheckAnswers = (
  form: { readonly serviceId: string; readonly version: number; readonly schema: FormSchema },
  answers: unknown,
  attachments: readonly DeclaredAttachment[],
) => readonly FormProblem[];

/**
 * A checker that compiles each version of a form once. What it returns is empty when the answers are right.
 * @throws Error when the form itself is no valid JSON Schema.
 */
export function createCheckAnswers(): CheckAnswers {
  const ajv = createAjv();
  const compiled = new Map<string, ValidateFunction>();
  return ({ serviceId, version, schema }, answers, attachments) => {
    const key = `${serviceId} ${version}`;
    const validate = compiled.get(key) ?? ajv.compile(schema);
    compiled.set(key, validate);
    if (validate.call({ attachments } satisfies Given, answers)) return [];
    return (validate.errors ?? [])
      .filter(({ keyword }) => keyword !== "if")
      .slice(0, mostProblems)
      .map((error) => problemOf(schema, error))
      .filter(isFirst);
  };
}
