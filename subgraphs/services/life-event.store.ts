/** Life events in the database: one SQL statement a function. */
import type { Kysely } from "kysely";
import type { LifeEventTable, ServicesTables } from "./tables.ts";

type Db = Kysely<ServicesTables>;

export const findLifeEvents = (db: Db, ids: readonly string[]): Promise<LifeEventTable[]> =>
  db
    .selectFrom("life_event")
    .selectAll()
    .where("id", "in", [...ids])
    .execute();

/** In the order in which people see them. */
export const listLifeEvents = (db: Db): Promise<LifeEventTable[]> =>
  db.selectFrom("life_event").selectAll().orderBy("position").execute();

export const listLifeEventsOfServices = (
  db: Db,
  serviceIds: readonly string[],
): Promise<(LifeEventTable & { readonly service_id: string })[]> =>
  db
    .selectFrom("service_life_event")
    .innerJoin("life_event", "life_event.id", "service_life_event.life_event_id")
    .selectAll("life_event")
    .select("service_life_event.service_id")
    .where("service_life_event.service_id", "in", [...serviceIds])
    .orderBy("life_event.position")
    .execute();
