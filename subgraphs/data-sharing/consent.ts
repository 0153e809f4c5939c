/** What a person has consented to, and who has used the person's data. */
import { Directive, Field, ID, ObjectType, registerEnumType } from "type-graphql";
import { connectionOf } from "../kit/pagination.ts";
import { localized, LocalizedText } from "../kit/scalars.ts";
import { type ConsentStatus, consentStatuses, statusOfConsent } from "./consent.rules.ts";
import type { ConsentWithWithdrawal } from "./person.store.ts";
import { Agency, agencyOf } from "./stubs.ts";
import type { DataAccessRow } from "./tables.ts";

registerEnumType(consentStatuses, {
  name: "ConsentStatus",
  description: "What a consent is worth now.",
  valuesConfig: {
    ACTIVE: { description: "It holds." },
    WITHDRAWN: { description: "The person has taken it back." },
    EXPIRED: { description: "Its time is over." },
  },
});

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({ description: "A person's permission to use data about that person." })
export class Consent {
  @Field(() => ID, { description: "Stable id." })
  id!: string;

  @Field(() => Agency, {
    nullable: true,
    description: "Who may use the data; null only while the agency's data cannot be reached.",
  })
  grantedTo!: Agency;

  @Field(() => LocalizedText, { description: "For what." })
  purpose!: LocalizedText;

  @Field(() => Date, { description: "Since when." })
  since!: Date;

  @Field(() => Date, { description: "Until when, unless it is withdrawn before." })
  until!: Date;

  @Field(() => Date, {
    nullable: true,
    description: "When it was withdrawn; null when it was not.",
  })
  withdrawnAt!: Date | null;

  @Field(() => consentStatuses, { description: "What it is worth now." })
  status!: ConsentStatus;

  readonly datasetId!: string;
}

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({ description: "One use of data about a person." })
export class DataAccess {
  @Field(() => ID, { description: "Stable id." })
  id!: string;

  @Field(() => Agency, {
    nullable: true,
    description: "Who used it; null only while the agency's data cannot be reached.",
  })
  agency!: Agency;

  @Field(() => LocalizedText, { description: "For what." })
  purpose!: LocalizedText;

  @Field(() => [String], {
    description: "Names of the fields that were read; never what they held.",
  })
  fields!: string[];

  @Field(() => Date, { description: "When." })
  at!: Date;

  readonly datasetId!: string;
}

export const { Connection: ConsentConnection } = connectionOf("Consent", () => Consent);
export const { Connection: DataAccessConnection } = connectionOf("DataAccess", () => DataAccess);

export const toConsent = (row: ConsentWithWithdrawal, nowMs: number): Consent =>
  Object.assign(new Consent(), {
    id: row.id,
    grantedTo: agencyOf(row.granted_to),
    purpose: localized(row.purpose_en, row.purpose_ar),
    since: row.since,
    until: row.until,
    withdrawnAt: row.withdrawn_at,
    status: statusOfConsent({ until: row.until, withdrawnAt: row.withdrawn_at }, nowMs),
    datasetId: row.dataset_id,
  });

export const toDataAccess = (row: DataAccessRow): DataAccess =>
  Object.assign(new DataAccess(), {
    id: row.id,
    agency: agencyOf(row.agency_id),
    purpose: localized(row.purpose_en, row.purpose_ar),
    fields: row.fields,
    at: row.at,
    datasetId: row.dataset_id,
  });
