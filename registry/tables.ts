/** The registry's tables as Kysely sees them: what is published, what is live, who may change it. */
import type { Generated, JSONColumnType } from "kysely";

/** SDL ids by subgraph: what a composition was made of. */
export type Members = Readonly<Record<string, number>>;

/** What made a supergraph live: a contract is launched anew also when an operator changes its tags. */
export type LaunchKind = "publish" | "rollback" | "contract" | "promote";

export type RegistryTables = {
  subgraph: {
    name: string;
    /** Id of the agency that owns it. */
    owner: string;
    contacts: string;
    service_level: string;
    registered_at: Date;
  };
  sdl: {
    id: Generated<number>;
    subgraph: string;
    sha256: string;
    sdl: string;
    routing_url: string;
    published_at: Date;
    published_by: string;
  };
  composition: {
    id: Generated<number>;
    /** Of the supergraph; null when there is none. */
    sha256: string | null;
    supergraph: string | null;
    /** The SDL ids, or for a refused one those that stayed; `findings` says why. */
    members: JSONColumnType<Members>;
    findings: JSONColumnType<readonly object[]>;
    /** The subgraph whose publish asked for it, and its SDL's hash. */
    subgraph: string;
    sdl_sha256: string;
    composed_at: Date;
    composed_by: string;
  };
  launch: {
    id: Generated<number>;
    variant: string;
    composition_id: number;
    kind: LaunchKind;
    launched_at: Date;
    launched_by: string;
  };
  credential: {
    id: string;
    agency: string;
    /** SHA-256 of the secret: a secret of 256 random bits needs no slow hash. */
    hash: string;
    subgraphs: JSONColumnType<readonly string[]>;
    created_at: Date;
    expires_at: Date | null;
    revoked_at: Date | null;
  };
  consent: {
    /** `Type` or `Type.field`. */
    coordinate: string;
    granted_by: string;
    granted_to: string;
    granted_at: Date;
  };
  /** A variant by tags; its supergraph comes of every new one of the variant `current`. */
  contract: {
    name: string;
    include: JSONColumnType<readonly string[]>;
    exclude: JSONColumnType<readonly string[]>;
    hide_unreachable: boolean;
    set_at: Date;
  };
  /** A publish that is served beside what is live; at most one is open. */
  candidate: {
    id: Generated<number>;
    subgraph: string;
    sdl_id: number;
    share: number;
    state: "open" | "promoted" | "withdrawn";
    /** Composition ids by variant. */
    compositions: JSONColumnType<Members>;
    opened_at: Date;
    opened_by: string;
    ended_at: Generated<Date | null>;
    ended_by: Generated<string | null>;
    reason: Generated<string | null>;
  };
  canary_count: {
    candidate_id: number;
    lane: string;
    requests: number;
    errors: number;
    buckets: JSONColumnType<readonly number[]>;
  };
  /** Of operations that were reported with their text, by the name under which their use is kept. */
  operation_text: {
    operation: string;
    text: string;
  };
  /** One row a day, operation and client. */
  operation_usage: {
    day: string;
    operation: string;
    client: string;
    client_version: string;
    count: number;
  };
  /** One row a day, variant, coordinate (`Type.field`) and client. */
  field_usage: {
    day: string;
    variant: string;
    coordinate: string;
    client: string;
    count: number;
  };
  audit: {
    id: Generated<number>;
    at: Date;
    actor: string;
    action: string;
    detail: JSONColumnType<object>;
  };
};
