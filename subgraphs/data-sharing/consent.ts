/** What a person has consented to, and who has used the person's data. */
import { Directive, Field, ID, ObjectType, registerEnumType } from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { connectionOf } from "../kit/pagination.ts";
import { DateTime } from "../kit/scalars.ts";
import { type ConsentStatus, consentStatuses, statusOfConsent } from "./consent.rules.ts";
import type { ConsentRow } from "./consent.store.ts";
import type { DataAccessRow } from "./data-access.store.ts";
import { PersonalField, toPersonalField } from "./dataset-details.ts";
import { LegalBasisEnum, Purpose, toPurpose } from "./purpose.ts";
import { Agency } from "./stubs.ts";
import type { LegalBasis } from "./tables.ts";

const privately = () => Directive("@cacheControl(maxAge: 0, scope: PRIVATE)");

registerEnumType(consentStatuses, {
  name: "ConsentStatus",
  description: "What a consent is worth now.",
  valuesConfig: {
    ACTIVE: { description: "It holds." },
    WITHDRAWN: { description: "The person has taken it back." },
    EXPIRED: { description: "Its time is over." },
  },
});

@privately()
@personalData("CONSENT", "To use data on a person's consent, and to stop when it is withdrawn")
@ObjectType({ description: "A person's permission to use data about that person." })
export class Consent {
  @Field(() => ID, { description: "Stable id; begins with `con_`." })
  id!: string;

  @Field(() => Agency, {
    nullable: true,
    description: "Who may use the data; null only while the agency's data cannot be reached.",
  })
  grantedTo!: Agency;

  @Field(() => Purpose, { description: "For what, as the person was told." })
  purpose!: Purpose;

  @Field(() => [PersonalField], { description: "Which fields, as the person was told." })
  fields!: readonly PersonalField[];

  @Field(() => DateTime, { description: "Since when." })
  since!: Date;

  @Field(() => DateTime, { description: "Until when, unless it is withdrawn before." })
  until!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description: "When it was withdrawn; null when it was not.",
  })
  withdrawnAt!: Date | null;

  @Field(() => consentStatuses, { description: "What it is worth now." })
  status!: ConsentStatus;

  readonly datasetId!: string;
}

@privately()
@personalData("CONSENT", "To show people who used their data")
@ObjectType({ description: "One use of data about a person." })
export class DataAccess {
  @Field(() => ID, { description: "Stable id; begins with `acc_`." })
  id!: string;

  @Field(() => Agency, {
    nullable: true,
    description: "Who used it; null only while the agency's data cannot be reached.",
  })
  agency!: Agency;

  @Field(() => Purpose, { description: "For what." })
  purpose!: Purpose;

  @Field(() => [PersonalField], {
    description: "The fields that were read; never what they held.",
  })
  fields!: readonly PersonalField[];

  @Field(() => DateTime, { description: "When." })
  at!: Date;

  @Field(() => LegalBasisEnum, { description: "What allowed it." })
  legalBasis!: LegalBasis;

  readonly datasetId!: string;
  readonly consentId!: string | null;
}

export const { Connection: ConsentConnection } = connectionOf("Consent", () => Consent);
export const { Connection: DataAccessConnection } = connectionOf("DataAccess", () => DataAccess);

/** @param nowMs Unix time in milliseconds. */
export const toConsent = (row: ConsentRow, nowMs: number): Consent =>
  Object.assign(new Consent(), {
    id: row.id,
    grantedTo: Agency.of(row.granted_to),
    purpose: toPurpose(row),
    fields: row.fields.map(toPersonalField),
    since: row.since,
    until: row.until,
    withdrawnAt: row.withdrawn_at,
    status: statusOfConsent({ until: row.until, withdrawnAt: row.withdrawn_at }, nowMs),
    datasetId: row.dataset_id,
  });

export const toDataAccess = (row: DataAccessRow): DataAccess =>
  Object.assign(new DataAccess(), {
    id: row.id,
    agency: Agency.of(row.agency_id),
    purpose: toPurpose(row),
    fields: row.fields.map(toPersonalField),
    at: row.at,
    legalBasis: row.legal_basis,
    datasetId: row.dataset_id,
    consentId: row.consent_id,
  });
