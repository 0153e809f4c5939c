/**
 * Credentials: issued, rotated, revoked, and told apart. A secret is 32 random bytes, shown once; its
 * SHA-256 is kept (no slow hash: nobody guesses 256 bits). A token is `<credential id>.<secret>`.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { uuidv7 } from "uuidv7";
import type { Clock } from "../platform/clock.ts";
import type { Secret } from "../platform/env.ts";
import { type Actor, mustOperate, mustSpeakFor } from "./actor.ts";
import { audit } from "./audit.ts";
import { brokenConstraint, RegistryError } from "./errors.ts";
import type { CredentialKind, RegistryDb, RegistryTransaction } from "./tables.ts";

export type NewCredential =
  | {
      readonly kind: "AGENCY";
      readonly label: string;
      readonly agency: string;
      readonly subgraphs: readonly string[];
    }
  | { readonly kind: "GATEWAY" | "OPERATOR"; readonly label: string };

/** The only moment at which the token is known. */
export type IssuedCredential = { readonly id: string; readonly token: string };

export type CredentialDeps = {
  readonly db: RegistryDb;
  readonly clock: Clock;
  /** The operator who was there before any credential: REGISTRY_OPERATOR_KEY. */
  readonly operatorKey: Secret;
};

export type Credentials = ReturnType<typeof createCredentials>;

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

const unknownToken = (): RegistryError =>
  new RegistryError(
    "UNAUTHENTICATED",
    "Send a valid credential as `authorization: Bearer …`: it is missing, mistyped, expired or revoked.",
  );

function newSecret() {
  const id = `cred_${uuidv7().replaceAll("-", "")}`;
  const secret = randomBytes(32).toString("base64url");
  return { id, token: `${id}.${secret}`, secret_sha256: sha256(secret) };
}

async function actorById(db: RegistryDb, id: string, secret: string, now: Date): Promise<Actor> {
  const row = await db
    .selectFrom("credential")
    .selectAll()
    .where("id", "=", id)
    .where("revoked_at", "is", null)
    .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", now)]))
    .executeTakeFirst();
  if (!row || !timingSafeEqual(sha256(secret), row.secret_sha256)) throw unknownToken();
  const { label, agency } = row;
  if (row.kind === "OPERATOR") return { kind: "operator", id, label };
  if (row.kind === "GATEWAY" || agency === null) return { kind: "gateway", id, label };
  const reached = await db
    .selectFrom("credential_subgraph")
    .select("subgraph")
    .where("credential_id", "=", id)
    .orderBy("subgraph")
    .execute();
  return { kind: "agency", id, label, agency, subgraphs: reached.map(({ subgraph }) => subgraph) };
}

async function insertCredential(
  trx: RegistryTransaction,
  wanted: NewCredential,
  { by, at, replacesId = null }: { by: string; at: Date; replacesId?: string | null },
): Promise<IssuedCredential> {
  const { id, token, secret_sha256 } = newSecret();
  const agency = wanted.kind === "AGENCY" ? wanted.agency : null;
  const { kind, label } = wanted;
  await trx
    .insertInto("credential")
    .values({
      id,
      kind,
      label,
      agency,
      secret_sha256,
      issued_at: at,
      issued_by: by,
      replaces_id: replacesId,
      expires_at: null,
      revoked_at: null,
    })
    .execute();
  if (wanted.kind === "AGENCY") {
    const rows = wanted.subgraphs.map((subgraph) => ({
      credential_id: id,
      agency: wanted.agency,
      subgraph,
    }));
    await trx.insertInto("credential_subgraph").values(rows).execute();
  }
  return { id, token };
}

export function createCredentials({ db, clock, operatorKey }: CredentialDeps) {
  const now = () => new Date(clock());

  async function find(id: string) {
    const row = await db
      .selectFrom("credential")
      .select(["id", "kind", "label", "agency", "revoked_at", "expires_at"])
      .where("id", "=", id)
      .executeTakeFirst();
    if (row) return row;
    throw new RegistryError("NOT_FOUND", `There is no credential "${id}".`);
  }

  function mustHold(actor: Actor, credential: { readonly agency: string | null }): void {
    if (credential.agency === null) mustOperate(actor);
    else mustSpeakFor(actor, credential.agency);
  }

  return {
    /** Who a bearer token belongs to. @throws RegistryError UNAUTHENTICATED, the same for every reason. */
    async authenticate(token: string | undefined): Promise<Actor> {
      if (token === undefined) throw unknownToken();
      if (timingSafeEqual(sha256(token), sha256(operatorKey.reveal())))
        return { kind: "operator", id: "operator-key", label: "key of the environment" };
      const [id = "", secret = "", ...more] = token.split(".");
      if (!id.startsWith("cred_") || more.length > 0) throw unknownToken();
      return actorById(db, id, secret, now());
    },

    /** @throws RegistryError FORBIDDEN, or BAD_REQUEST when a subgraph is not the agency's. */
    async issue(actor: Actor, wanted: NewCredential): Promise<IssuedCredential> {
      mustOperate(actor);
      const at = now();
      try {
        return await db.transaction().execute(async (trx) => {
          const issued = await insertCredential(trx, wanted, { by: actor.id, at });
          const detail = { ...wanted };
          const entry = {
            actor,
            action: "CREDENTIAL_ISSUED",
            subject: issued.id,
            detail,
            at,
          } as const;
          await audit(trx, entry);
          return issued;
        });
      } catch (error) {
        if (brokenConstraint(error) !== "credential_stays_in_its_agency") throw error;
        throw new RegistryError(
          "BAD_REQUEST",
          "A credential reaches registered subgraphs of its own agency only: register the subgraph first, or mend the names.",
        );
      }
    },

    /**
     * A new secret with the same reach. The old one works on for `overlapHours`, so that nothing that
     * uses it has to change in the same moment.
     */
    async rotate(actor: Actor, id: string, overlapHours: number): Promise<IssuedCredential> {
      const old = await find(id);
      mustHold(actor, old);
      const at = now();
      const ended = old.revoked_at !== null || (old.expires_at !== null && old.expires_at <= at);
      if (ended)
        throw new RegistryError("CONFLICT", `"${id}" has ended: ask an operator for a new one.`);
      return db.transaction().execute(async (trx) => {
        const reached = await trx
          .selectFrom("credential_subgraph")
          .select("subgraph")
          .where("credential_id", "=", id)
          .execute();
        const { label } = old;
        const subgraphs = reached.map(({ subgraph }) => subgraph);
        const wanted: NewCredential =
          old.agency === null
            ? { kind: old.kind === "OPERATOR" ? "OPERATOR" : "GATEWAY", label }
            : { kind: "AGENCY", label, agency: old.agency, subgraphs };
        const issued = await insertCredential(trx, wanted, { by: actor.id, at, replacesId: id });
        const expires_at = new Date(at.getTime() + overlapHours * 3_600_000);
        await trx.updateTable("credential").set({ expires_at }).where("id", "=", id).execute();
        const detail = { replacedBy: issued.id, oldWorksUntil: expires_at.toISOString() };
        await audit(trx, { actor, action: "CREDENTIAL_ROTATED", subject: id, detail, at });
        return issued;
      });
    },

    /** At once and for good. Revoking what is revoked changes nothing. */
    async revoke(actor: Actor, id: string): Promise<void> {
      mustHold(actor, await find(id));
      const at = now();
      await db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable("credential")
          .set({ revoked_at: at })
          .where("id", "=", id)
          .where("revoked_at", "is", null)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return;
        await audit(trx, { actor, action: "CREDENTIAL_REVOKED", subject: id, at });
      });
    },

    /** All that were ever issued, newest first, without what would open anything. */
    async list(actor: Actor) {
      mustOperate(actor);
      const rows = await db
        .selectFrom("credential")
        .select(["id", "kind", "label", "agency", "issued_at", "expires_at", "revoked_at"])
        .orderBy("id", "desc")
        .execute();
      return rows.map((row) => ({
        id: row.id,
        kind: row.kind satisfies CredentialKind,
        label: row.label,
        agency: row.agency,
        issuedAt: row.issued_at,
        expiresAt: row.expires_at,
        revokedAt: row.revoked_at,
      }));
    },
  };
}
