/** Parking's statements: one SQL operation a function; those for many parents take all of them at once. */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export type ParkingTables = {
  zone: { id: string; name_en: string; name_ar: string; hourly_price: bigint };
  permit: { id: string; person_id: string; plate: string; zone_id: string; valid_until: Date };
  fine: { id: string; person_id: string; amount: bigint; issued_at: Date };
};

type Db = Kysely<ParkingTables>;

/** So many of a person are shown, the newest first. */
const mostOfAPerson = 50;

export const migrations: Readonly<Record<string, Migration>> = {
  "0001-parking": {
    async up(db: Kysely<unknown>) {
      await sql`create table zone (id text primary key, name_en text not null,
        name_ar text not null, hourly_price bigint not null check (hourly_price >= 0))`.execute(db);
      await sql`create table permit (id text primary key, person_id text not null,
        plate text not null, zone_id text not null references zone,
        valid_until timestamptz not null)`.execute(db);
      await sql`create table fine (id text primary key, person_id text not null,
        amount bigint not null check (amount > 0), issued_at timestamptz not null)`.execute(db);
      await sql`create index permit_by_person on permit (person_id, valid_until desc)`.execute(db);
      await sql`create index fine_by_person on fine (person_id, issued_at desc)`.execute(db);
    },
  },
};

export const findZones = (db: Db, ids: readonly string[]) =>
  db
    .selectFrom("zone")
    .selectAll()
    .where("id", "in", [...ids])
    .execute();

export const listZones = (db: Db, afterId: string | undefined, limit: number) =>
  db
    .selectFrom("zone")
    .selectAll()
    .$if(afterId !== undefined, (query) => query.where("id", ">", afterId ?? ""))
    .orderBy("id")
    .limit(limit)
    .execute();

export async function countZones(db: Db): Promise<number> {
  const count = db.fn.countAll<bigint>().as("total");
  const { total } = await db.selectFrom("zone").select(count).executeTakeFirstOrThrow();
  return Number(total);
}

export const findPermits = (db: Db, ids: readonly string[], personId: string) =>
  db
    .selectFrom("permit")
    .selectAll()
    .where("id", "in", [...ids])
    .where("person_id", "=", personId)
    .execute();

export const findFines = (db: Db, ids: readonly string[], personId: string) =>
  db
    .selectFrom("fine")
    .selectAll()
    .where("id", "in", [...ids])
    .where("person_id", "=", personId)
    .execute();

export const listPermits = (db: Db, personId: string) =>
  db
    .selectFrom("permit")
    .selectAll()
    .where("person_id", "=", personId)
    .orderBy("valid_until", "desc")
    .orderBy("id", "desc")
    .limit(mostOfAPerson)
    .execute();

export const listFines = (db: Db, personId: string) =>
  db
    .selectFrom("fine")
    .selectAll()
    .where("person_id", "=", personId)
    .orderBy("issued_at", "desc")
    .orderBy("id", "desc")
    .limit(mostOfAPerson)
    .execute();

/** Samples: made up, as the README says. */
export async function seed(db: Db): Promise<void> {
  await db
    .insertInto("zone")
    .values([
      { id: "a", name_en: "Zone A", name_ar: "المنطقة أ", hourly_price: 400n },
      { id: "b", name_en: "Zone B", name_ar: "المنطقة ب", hourly_price: 300n },
      { id: "c", name_en: "Zone C", name_ar: "المنطقة ج", hourly_price: 200n },
    ])
    .execute();
  const validUntil = new Date("2027-03-31T20:00:00Z");
  const issuedAt = new Date("2026-10-04T06:30:00Z");
  await db
    .insertInto("permit")
    .values([
      {
        id: "permit-1",
        person_id: "person-amal",
        plate: "A 12345",
        zone_id: "a",
        valid_until: validUntil,
      },
      {
        id: "permit-2",
        person_id: "person-omar",
        plate: "B 67890",
        zone_id: "b",
        valid_until: validUntil,
      },
    ])
    .execute();
  await db
    .insertInto("fine")
    .values([
      { id: "parking-fine-1", person_id: "person-amal", amount: 15_000n, issued_at: issuedAt },
    ])
    .execute();
}
