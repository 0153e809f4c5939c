/** Consents: an agency lets another add to a type of its own, or answer one of its fields. */
import { uuidv7 } from "uuidv7";
import type { Clock } from "../platform/clock.ts";
import { type Actor, mustSpeakFor } from "./actor.ts";
import { audit } from "./audit.ts";
import type { Consent } from "./checks/ownership.ts";
import { RegistryError } from "./errors.ts";
import type { RegistryDb } from "./tables.ts";

export type Consents = ReturnType<typeof createConsents>;

export function createConsents({ db, clock }: { readonly db: RegistryDb; readonly clock: Clock }) {
  const list = async () => {
    const rows = await db
      .selectFrom("type_consent")
      .selectAll()
      .where("withdrawn_at", "is", null)
      .orderBy("id")
      .execute();
    return rows.map((row) => ({
      id: row.id,
      ownerAgency: row.owner_agency,
      subject: row.subject,
      partnerAgency: row.partner_agency,
      givenAt: row.given_at,
    }));
  };

  return {
    /** Those in force. */
    list,

    /** Given twice, it is one. @returns its id. @throws RegistryError FORBIDDEN */
    async give(actor: Actor, consent: Consent): Promise<string> {
      const { ownerAgency, subject, partnerAgency } = consent;
      mustSpeakFor(actor, ownerAgency);
      if (ownerAgency === partnerAgency)
        throw new RegistryError("BAD_REQUEST", "An agency needs no consent of its own.");
      const at = new Date(clock());
      const id = `consent_${uuidv7().replaceAll("-", "")}`;
      const { numInsertedOrUpdatedRows } = await db.transaction().execute(async (trx) => {
        const result = await trx
          .insertInto("type_consent")
          .values({
            id,
            owner_agency: ownerAgency,
            subject,
            partner_agency: partnerAgency,
            given_at: at,
            given_by: actor.id,
            withdrawn_at: null,
          })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirstOrThrow();
        if (result.numInsertedOrUpdatedRows === 1n)
          await audit(trx, {
            actor,
            action: "CONSENT_GIVEN",
            subject: id,
            detail: { ...consent },
            at,
          });
        return result;
      });
      if (numInsertedOrUpdatedRows === 1n) return id;
      const there = (await list()).find(
        (one) =>
          one.ownerAgency === ownerAgency &&
          one.subject === subject &&
          one.partnerAgency === partnerAgency,
      );
      return there?.id ?? id;
    },

    /** What is live stays; the partner's next publication is judged without it. @throws RegistryError NOT_FOUND, FORBIDDEN */
    async withdraw(actor: Actor, id: string): Promise<void> {
      const row = (await list()).find((consent) => consent.id === id);
      if (!row) throw new RegistryError("NOT_FOUND", `There is no consent "${id}" in force.`);
      mustSpeakFor(actor, row.ownerAgency);
      const at = new Date(clock());
      await db.transaction().execute(async (trx) => {
        await trx
          .updateTable("type_consent")
          .set({ withdrawn_at: at })
          .where("id", "=", id)
          .execute();
        await audit(trx, { actor, action: "CONSENT_WITHDRAWN", subject: id, at });
      });
    },
  };
}
