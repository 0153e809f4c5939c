/** Rows as Kysely sees them. */
export type DatasetRow = {
  readonly id: string;
  readonly publisher_id: string;
  readonly title_en: string;
  readonly title_ar: string;
  readonly description_en: string;
  readonly description_ar: string;
  readonly theme: string;
  readonly access_level: "OPEN" | "SHARED" | "RESTRICTED";
  readonly sensitivity: "OPEN" | "CONFIDENTIAL" | "SENSITIVE" | "SECRET";
  readonly personal_data: "NONE" | "PSEUDONYMISED" | "PERSONAL" | "SPECIAL";
  readonly licence_id: string | null;
  readonly update_frequency: string;
  readonly issued_at: Date;
  readonly modified_at: Date;
  readonly sample: boolean;
};

export type LicenceRow = { readonly id: string; readonly name: string; readonly url: string };

export type DistributionRow = {
  readonly id: string;
  readonly dataset_id: string;
  readonly media_type: string;
  readonly access_url: string;
};

export type ConsentRow = {
  readonly id: string;
  readonly person_id: string;
  readonly dataset_id: string;
  readonly granted_to: string;
  readonly purpose_en: string;
  readonly purpose_ar: string;
  readonly since: Date;
  readonly until: Date;
};

/** Append-only: a withdrawal is a row of its own, the consent it ends stays as it was. */
export type ConsentWithdrawalRow = { readonly consent_id: string; readonly at: Date };

export type DataAccessRow = {
  readonly id: string;
  readonly person_id: string;
  readonly dataset_id: string;
  readonly agency_id: string;
  readonly purpose_en: string;
  readonly purpose_ar: string;
  readonly fields: string[];
  readonly at: Date;
};

export type DataSharingTables = {
  dataset: DatasetRow;
  licence: LicenceRow;
  distribution: DistributionRow;
  consent: ConsentRow;
  consent_withdrawal: ConsentWithdrawalRow;
  data_access: DataAccessRow;
};
