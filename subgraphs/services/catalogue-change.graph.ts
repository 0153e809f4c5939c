/** What came of a change of the catalogue, as clients see it. */
import { createUnionType, Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { localized, LocalizedText } from "../kit/scalars.ts";
import { catalogueRefusals, type CatalogueRefusal } from "./catalogue-change.ts";
import { enumOf } from "./catalogue-enums.ts";
import { type CatalogueFormat, catalogueFormats, type FileProblem } from "./catalogue-file.ts";
import {
  type EntryProblem,
  type EntryProblemCode,
  entryProblemCodes,
} from "./service-entry-messages.ts";
import { Service } from "./service.ts";
import type { Text } from "./tables.ts";

registerEnumType(catalogueRefusals, {
  name: "CatalogueRefusal",
  description: "Why nothing was changed in the catalogue.",
  valuesConfig: {
    NO_SUCH_SERVICE: { description: "Your agency has no service of that id." },
    ALREADY_THERE: { description: "There is a service of that id, and it says something else." },
    CHANGED_MEANWHILE: { description: "It is at another version than the one that you saw." },
    ENTRY_WRONG: { description: "Something in it cannot stand: `problems` says what." },
  },
});

const refusalMessages: Readonly<Record<CatalogueRefusal, Text>> = {
  NO_SUCH_SERVICE: {
    en: "Your agency has no service of that id. Create it, or correct the id.",
    ar: "ليس لدى جهتكم خدمة بهذا المعرّف. أنشئها أو صحح المعرّف.",
  },
  ALREADY_THERE: {
    en: "There is a service of that id already. Change that one, or choose another id.",
    ar: "توجد خدمة بهذا المعرّف. عدّلها أو اختر معرّفاً آخر.",
  },
  CHANGED_MEANWHILE: {
    en: "The service was changed in the meantime. Look at it as it is now, and decide again.",
    ar: "تغيّرت الخدمة في هذه الأثناء. يرجى الاطلاع على حالتها الآن ثم اتخاذ القرار من جديد.",
  },
  ENTRY_WRONG: {
    en: "Some parts of the service have to be mended first.",
    ar: "يجب تصحيح بعض بيانات الخدمة أولاً.",
  },
};

const problemMeanings: Readonly<Record<EntryProblemCode, string>> = {
  REQUIRED: "It is missing.",
  WRONG_TYPE: "It is of another kind than asked for.",
  TOO_SHORT: "It has too few parts.",
  TOO_LONG: "It is too long, or has too many parts.",
  OUT_OF_RANGE: "It is too small or too large a number.",
  NOT_A_CHOICE: "It is none of the values that it can have.",
  WRONG_FORM: "It is not written as it has to be.",
  BAD_CHARACTER: "It has a character that no text can have.",
  UNKNOWN_FIELD: "There is no such field or column.",
  UNKNOWN_ID: "It names something that is not there.",
  REPEATED: "It is there more than once.",
  URL_MISSING: "A channel on the web has no address.",
  PHONE_MISSING: "A channel by telephone has no number.",
  PRICE_WRONG: "A fee's amounts do not fit its pricing.",
  DIRHAMS_WRONG: "Knowledge and Innovation Dirham are missing, or there without need.",
  NOT_PAYABLE: "It has fees and is said not to be payable.",
  ENDS_BEFORE: "It ends before it begins.",
  NOT_YOURS: "It belongs to another agency.",
  CHANGED_MEANWHILE: "It is at another version than the one that was seen.",
  UNREADABLE: "The file is not of its format.",
  TOO_MANY_ROWS: "The file has too many services.",
};

const EntryProblemEnum = enumOf(entryProblemCodes);
registerEnumType(EntryProblemEnum, {
  name: "CatalogueProblemCode",
  description: "What is wrong with a part of a service, or of a file.",
  valuesConfig: Object.fromEntries(
    entryProblemCodes.map((code) => [code, { description: problemMeanings[code] }]),
  ),
});

const CatalogueFormatEnum = enumOf(catalogueFormats);
registerEnumType(CatalogueFormatEnum, {
  name: "CatalogueFormat",
  description: "How a catalogue is written in a file.",
  valuesConfig: {
    CSV: { description: "Comma-separated values, one service a row; for spreadsheets." },
    JSON_LD: { description: "JSON-LD by CPSV-AP 3.2.0; for other systems." },
  },
});
export { CatalogueFormatEnum };
export type { CatalogueFormat };

@ObjectType({ description: "What is wrong with one part of a service, and how to mend it." })
export class CatalogueProblem {
  @Field(() => String, {
    description: "Which part: a JSON Pointer (RFC 6901) into the service; empty for all of it.",
  })
  field!: string;

  @Field(() => EntryProblemEnum, { description: "What, for programs." })
  code!: EntryProblemCode;

  @Field(() => LocalizedText, { description: "What, and how to mend it, for people." })
  message!: LocalizedText;

  @Field(() => Int, {
    nullable: true,
    description: "In a CSV file the line on which the service begins, from 1; otherwise null.",
  })
  row!: number | null;

  @Field(() => String, {
    nullable: true,
    description: "Column of the CSV file, or property of the JSON-LD document; null for all of it.",
  })
  column!: string | null;

  @Field(() => String, { nullable: true, description: "Id of the service, as the file has it." })
  serviceId!: string | null;
}

export const toCatalogueProblem = (problem: EntryProblem & Partial<FileProblem>) =>
  Object.assign(new CatalogueProblem(), {
    field: problem.field,
    code: problem.code,
    message: localized(problem.message.en, problem.message.ar),
    row: problem.row ?? null,
    column: problem.column ?? null,
    serviceId: problem.serviceId ?? null,
  });

@ObjectType({ description: "Nothing was changed in the catalogue." })
export class CatalogueChangeRefused {
  @Field(() => catalogueRefusals, { description: "The reason, for programs." })
  code!: CatalogueRefusal;

  @Field(() => LocalizedText, { description: "The reason, for people." })
  message!: LocalizedText;

  @Field(() => [CatalogueProblem], { description: "What is wrong with which part." })
  problems!: readonly CatalogueProblem[];

  @Field(() => Service, {
    nullable: true,
    description: "The service as it is now, if it is there.",
  })
  current!: Service | null;
}

export const toRefused = (
  code: CatalogueRefusal,
  problems: readonly EntryProblem[],
  current: Service | null,
): CatalogueChangeRefused =>
  Object.assign(new CatalogueChangeRefused(), {
    code,
    message: localized(refusalMessages[code].en, refusalMessages[code].ar),
    problems: problems.map(toCatalogueProblem),
    current,
  });

export const CatalogueChangeResult = createUnionType({
  name: "CatalogueChangeResult",
  description: "What became of a change of the catalogue.",
  types: () => [Service, CatalogueChangeRefused] as const,
});

@ObjectType({ description: "What came of a file, or would come of it." })
export class CatalogueImport {
  @Field(() => Boolean, {
    description:
      "Whether the catalogue is now as the file says; false for a dry run, and when there is any problem: then nothing of it was taken over.",
  })
  applied!: boolean;

  @Field(() => [CatalogueProblem], { description: "Everything that is wrong, row by row." })
  problems!: readonly CatalogueProblem[];

  @Field(() => [ID], { description: "Services that are new by it." })
  created!: readonly string[];

  @Field(() => [ID], { description: "Services that say something else by it." })
  changed!: readonly string[];

  @Field(() => [ID], { description: "Services that say what the file says already." })
  unchanged!: readonly string[];
}

@ObjectType({ description: "A catalogue as a file." })
export class CatalogueFile {
  @Field(() => String, { description: "A name for it, for example dewa-catalogue.csv." })
  fileName!: string;

  @Field(() => String, { description: "Its media type." })
  mediaType!: string;

  @Field(() => String, { description: "What is in it." })
  content!: string;
}
