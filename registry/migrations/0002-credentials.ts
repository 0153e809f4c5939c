/**
 * Who may speak to the registry. Only the hash of a secret is kept; a credential reaches subgraphs of
 * its own agency only, which the foreign keys hold. Credentials end, they are never deleted.
 */
import { type Kysely, sql } from "kysely";

const statements = [
  `create table credential (
    id text collate "C" primary key,
    kind text not null check (kind in ('AGENCY', 'GATEWAY', 'OPERATOR')),
    label text not null check (label <> ''),
    agency text collate "C",
    secret_sha256 bytea not null check (length(secret_sha256) = 32),
    issued_at timestamptz(3) not null,
    issued_by text not null,
    replaces_id text collate "C" references credential,
    expires_at timestamptz(3),
    revoked_at timestamptz(3),
    unique (id, agency),
    check ((kind = 'AGENCY') = (agency is not null))
  )`,
  `create table credential_subgraph (
    credential_id text collate "C" not null,
    agency text collate "C" not null,
    subgraph text collate "C" not null,
    primary key (credential_id, subgraph),
    foreign key (credential_id, agency) references credential (id, agency),
    constraint credential_stays_in_its_agency
      foreign key (subgraph, agency) references subgraph (name, owner_agency)
  )`,
];

export const credentials = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
