/**
 * Who may change what. An agency's credential names its subgraphs; only its hash is stored, so that it
 * can be shown once. To rotate is to issue a second one and let the first expire after a grace period.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Kysely } from "kysely";
import type { Clock } from "../platform/clock.ts";
import { auditTo } from "./audit.ts";
import { RegistryError } from "./errors.ts";
import type { RegistryTables } from "./tables.ts";

export type Actor =
  | { readonly kind: "operator"; readonly name: "operator" }
  | { readonly kind: "gateway"; readonly name: "gateway" }
  | {
      readonly kind: "agency";
      /** `agency/credential id`, for the audit trail. */
      readonly name: string;
      readonly agency: string;
      readonly subgraphs: readonly string[];
    };

export type Issued = {
  readonly id: string;
  /** Shown this once. */
  readonly credential: string;
};

export type Credentials = {
  /** @throws RegistryError CREDENTIAL_UNKNOWN for an unknown, expired or revoked one. */
  readonly identify: (token: string) => Promise<Actor>;
  readonly issue: (given: {
    readonly agency: string;
    readonly subgraphs: readonly string[];
  }) => Promise<Issued>;
  /** A new secret for the same scope; the old one works for `graceHours` more. */
  readonly rotate: (id: string, graceHours: number) => Promise<Issued>;
  readonly revoke: (id: string) => Promise<void>;
};

export type CredentialsDeps = {
  readonly db: Kysely<RegistryTables>;
  readonly clock: Clock;
  readonly operatorKey: string;
  readonly gatewayKey: string;
};

const hashOf = (token: string): string => createHash("sha256").update(token).digest("hex");
const isSame = (one: string, other: string): boolean =>
  timingSafeEqual(Buffer.from(hashOf(one)), Buffer.from(hashOf(other)));

const hourMs = 3_600_000;

export function createCredentials(deps: CredentialsDeps): Credentials {
  const { db, clock, operatorKey, gatewayKey } = deps;

  async function add(
    db: Kysely<RegistryTables>,
    agency: string,
    subgraphs: readonly string[],
  ): Promise<Issued> {
    const id = `cred_${randomBytes(8).toString("hex")}`;
    const credential = `cgr_${randomBytes(32).toString("base64url")}`;
    await db
      .insertInto("credential")
      .values({
        id,
        agency,
        hash: hashOf(credential),
        subgraphs: JSON.stringify(subgraphs),
        created_at: new Date(clock()),
        expires_at: null,
        revoked_at: null,
      })
      .execute();
    return { id, credential };
  }

  async function find(db: Kysely<RegistryTables>, id: string) {
    const row = await db
      .selectFrom("credential")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirst();
    if (row) return row;
    throw new RegistryError("NOT_FOUND", `There is no credential "${id}".`);
  }

  return {
    async identify(token) {
      if (isSame(token, operatorKey)) return { kind: "operator", name: "operator" };
      if (isSame(token, gatewayKey)) return { kind: "gateway", name: "gateway" };
      const row = await db
        .selectFrom("credential")
        .selectAll()
        .where("hash", "=", hashOf(token))
        .executeTakeFirst();
      const isValid =
        row && !row.revoked_at && (!row.expires_at || row.expires_at.getTime() > clock());
      if (!isValid)
        throw new RegistryError(
          "CREDENTIAL_UNKNOWN",
          "This credential is unknown, expired or revoked: send `authorization: Bearer …` with the one that the city's operator issued.",
        );
      const { agency, subgraphs, id } = row;
      return { kind: "agency", name: `${agency}/${id}`, agency, subgraphs };
    },
    issue: ({ agency, subgraphs }) =>
      db.transaction().execute(async (transaction) => {
        const issued = await add(transaction, agency, subgraphs);
        const audit = auditTo(transaction, new Date(clock()));
        await audit("operator", "credential issued", { id: issued.id, agency, subgraphs });
        return issued;
      }),
    rotate: (id, graceHours) =>
      db.transaction().execute(async (transaction) => {
        const old = await find(transaction, id);
        const issued = await add(transaction, old.agency, old.subgraphs);
        const expires = new Date(clock() + graceHours * hourMs);
        await transaction
          .updateTable("credential")
          .set({ expires_at: expires })
          .where("id", "=", id)
          .execute();
        const audit = auditTo(transaction, new Date(clock()));
        await audit("operator", "credential rotated", { from: id, to: issued.id, graceHours });
        return issued;
      }),
    revoke: (id) =>
      db.transaction().execute(async (transaction) => {
        await find(transaction, id);
        const now = new Date(clock());
        await transaction
          .updateTable("credential")
          .set({ revoked_at: now })
          .where("id", "=", id)
          .execute();
        await auditTo(transaction, now)("operator", "credential revoked", { id });
      }),
  };
}
