/** The registry's tables as Kysely sees them; their rules are in migrations/. */
import type { ColumnType, Generated, Kysely, Transaction } from "kysely";

/** Written as JSON text, read as a value. */
type Json<T> = ColumnType<T, string, string>;

export type CredentialKind = "AGENCY" | "GATEWAY" | "OPERATOR";

/** Why subgraphs did not compose, as it is kept. */
export type KeptError = { readonly code: string; readonly message: string };

/** What was composed: whose SDL, by its hash, behind which URL. */
export type CompositionInput = {
  readonly subgraph: string;
  readonly sha256: string;
  readonly routingUrl: string;
};

export type RegistryTables = {
  subgraph: {
    name: string;
    owner_agency: string;
    contact_name: string;
    contact_email: string;
    availability_percent: number;
    answer_within_ms: number;
    registered_at: Date;
  };
  schema_version: {
    id: Generated<number>;
    subgraph: string;
    sdl: string;
    sha256: string;
    routing_url: string;
    published_at: Date;
    published_by: string;
  };
  composition: {
    id: Generated<number>;
    purpose: "CHECK" | "PUBLISH";
    /** Kept for what was launched; of checks only the hash. */
    supergraph: string | null;
    sha256: string | null;
    errors: Json<readonly KeptError[]>;
    inputs: Json<readonly CompositionInput[]>;
    composed_at: Date;
    requested_by: string;
  };
  composition_member: { composition_id: number; subgraph: string; schema_version_id: number };
  launch: {
    id: Generated<number>;
    variant: string;
    previous_id: number | null;
    composition_id: number;
    /** The launch whose composition a rollback brought back. */
    restores_id: number | null;
    launched_at: Date;
    launched_by: string;
  };
  audit_entry: {
    id: Generated<number>;
    at: Date;
    actor: string;
    action: string;
    subject: string;
    detail: Json<unknown>;
  };
  credential: {
    id: string;
    kind: CredentialKind;
    label: string;
    agency: string | null;
    secret_sha256: Uint8Array;
    issued_at: Date;
    issued_by: string;
    replaces_id: string | null;
    expires_at: Date | null;
    revoked_at: Date | null;
  };
  credential_subgraph: { credential_id: string; agency: string; subgraph: string };
  type_owner: { type: string; agency: string; since: Date };
  type_consent: {
    id: string;
    owner_agency: string;
    subject: string;
    partner_agency: string;
    given_at: Date;
    given_by: string;
    withdrawn_at: Date | null;
  };
  operation: { sha256: string; document: string };
  operation_use: {
    variant: string;
    day: string;
    operation_sha256: string;
    client_name: string;
    client_version: string;
    count: bigint;
  };
};

export type RegistryDb = Kysely<RegistryTables>;
export type RegistryTransaction = Transaction<RegistryTables>;
