/** Subgraphs as the operator registers them: whose they are, whom to call, what they promise. */
import type { Clock } from "../platform/clock.ts";
import { type Actor, mustOperate } from "./actor.ts";
import { audit } from "./audit.ts";
import { RegistryError } from "./errors.ts";
import type { RegistryDb } from "./tables.ts";

export type Registration = {
  readonly name: string;
  /** For good: a subgraph that changes hands is registered under another name. */
  readonly ownerAgency: string;
  readonly contact: { readonly name: string; readonly email: string };
  readonly serviceLevel: {
    /** Share of minutes in a month in which it answers. */
    readonly availabilityPercent: number;
    /** Within which it answers 99 of 100 requests. */
    readonly answerWithinMs: number;
  };
};

export type Subgraphs = ReturnType<typeof createSubgraphs>;

export function createSubgraphs({ db, clock }: { readonly db: RegistryDb; readonly clock: Clock }) {
  return {
    /** Again with the same name: contact and service level change. @throws RegistryError FORBIDDEN, CONFLICT for another agency's name. */
    async register(actor: Actor, registration: Registration): Promise<void> {
      mustOperate(actor);
      const { name, ownerAgency, contact, serviceLevel } = registration;
      const at = new Date(clock());
      const changeable = {
        contact_name: contact.name,
        contact_email: contact.email,
        availability_percent: serviceLevel.availabilityPercent,
        answer_within_ms: serviceLevel.answerWithinMs,
      };
      await db.transaction().execute(async (trx) => {
        const { numInsertedOrUpdatedRows } = await trx
          .insertInto("subgraph")
          .values({ name, owner_agency: ownerAgency, ...changeable, registered_at: at })
          .onConflict((conflict) =>
            conflict
              .column("name")
              .doUpdateSet(changeable)
              .where("subgraph.owner_agency", "=", ownerAgency),
          )
          .executeTakeFirstOrThrow();
        if (numInsertedOrUpdatedRows === 0n)
          throw new RegistryError(
            "CONFLICT",
            `"${name}" belongs to another agency: choose another name for yours.`,
          );
        const detail = { ...registration };
        await audit(trx, { actor, action: "SUBGRAPH_REGISTERED", subject: name, detail, at });
      });
    },

    /** By name. */
    async list(): Promise<readonly Registration[]> {
      const rows = await db.selectFrom("subgraph").selectAll().orderBy("name").execute();
      return rows.map((row) => ({
        name: row.name,
        ownerAgency: row.owner_agency,
        contact: { name: row.contact_name, email: row.contact_email },
        serviceLevel: {
          availabilityPercent: row.availability_percent,
          answerWithinMs: row.answer_within_ms,
        },
      }));
    },

    /** Owner by subgraph. @throws RegistryError NOT_FOUND that names those nobody registered. */
    async ownersOf(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
      const rows = await db
        .selectFrom("subgraph")
        .select(["name", "owner_agency"])
        .where("name", "in", [...names])
        .execute();
      const owners = new Map(rows.map((row) => [row.name, row.owner_agency]));
      const unknown = names.filter((name) => !owners.has(name));
      if (unknown.length === 0) return owners;
      throw new RegistryError(
        "NOT_FOUND",
        `No subgraph is registered as ${unknown.map((name) => `"${name}"`).join(", ")}: ask the operator to register it, or mend the name.`,
      );
    },

    /** Every SDL that a subgraph ever published, newest first, without the text. */
    versions: (name: string) =>
      db
        .selectFrom("schema_version")
        .select([
          "id",
          "sha256",
          "routing_url as routingUrl",
          "published_at as publishedAt",
          "published_by as publishedBy",
        ])
        .where("subgraph", "=", name)
        .orderBy("id", "desc")
        .execute(),

    /** @throws RegistryError NOT_FOUND */
    async sdlOf(name: string, id: number): Promise<string> {
      const row = await db
        .selectFrom("schema_version")
        .select("sdl")
        .where("subgraph", "=", name)
        .where("id", "=", id)
        .executeTakeFirst();
      if (row) return row.sdl;
      throw new RegistryError("NOT_FOUND", `"${name}" has no published schema ${id}.`);
    },
  };
}
