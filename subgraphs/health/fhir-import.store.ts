/**
 * A directory that was read of a FHIR bundle → rows, all or nothing: what has the id of a row replaces it,
 * everything else is added, nothing is deleted. Imports take turns, so that what was checked still holds.
 */
import { type Kysely, sql } from "kysely";
import { type Known, problemsOfImport } from "./fhir-import.rules.ts";
import type { FhirProblem, ReadDirectory } from "./fhir-read.rules.ts";
import type { Directory } from "./fhir-write.rules.ts";
import { compileHours } from "./hours-compilation.rules.ts";
import type { HealthTables } from "./tables.ts";

type Db = Kysely<HealthTables>;

/** Rows with one of these ids or licence numbers; whom roles refer to. */
async function known(db: Db, agencyId: string, read: ReadDirectory): Promise<Known> {
  const { facilities, practitioners, roles } = read.directory;
  const facilityIds = [...facilities.map(({ id }) => id), ...roles.map((one) => one.facility_id)];
  const doctorIds = [
    ...practitioners.map(({ id }) => id),
    ...roles.map((one) => one.practitioner_id),
  ];
  const licencesOf = (rows: readonly { readonly licence_number: string }[]) =>
    rows.map((one) => one.licence_number);
  return {
    facilities: await db
      .selectFrom("facility")
      .select(["id", "licence_number", "agency_id"])
      .where(
        sql<boolean>`id = any(${facilityIds}::text[])
          or licence_number = any(${licencesOf(facilities)}::text[])`,
      )
      .execute(),
    practitioners: await db
      .selectFrom("practitioner")
      .select([
        "id",
        "licence_number",
        sql<boolean>`exists (select from practitioner_role as role
          join facility on facility.id = role.facility_id
          where role.practitioner_id = practitioner.id
            and facility.agency_id <> ${agencyId}::text)`.as("elsewhere"),
      ])
      .where(
        sql<boolean>`id = any(${doctorIds}::text[])
          or licence_number = any(${licencesOf(practitioners)}::text[])`,
      )
      .execute(),
    roles: await db
      .selectFrom("practitioner_role as role")
      .innerJoin("facility", "facility.id", "role.facility_id")
      .select([
        "role.id",
        "role.practitioner_id",
        "role.facility_id",
        "role.speciality_en",
        "facility.agency_id",
      ])
      .where(
        sql<boolean>`role.id = any(${roles.map(({ id }) => id)}::text[])
          or role.practitioner_id = any(${roles.map((one) => one.practitioner_id)}::text[])`,
      )
      .execute(),
  };
}

/** Inserts rows, or replaces every column of those whose id is there. */
async function put(
  db: Db,
  table: "facility" | "practitioner" | "practitioner_role",
  rows: readonly object[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first);
  await sql`insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})
    values ${sql.join(
      rows.map(
        (row) =>
          sql`(${sql.join(columns.map((column) => sql.val((row as Record<string, unknown>)[column])))})`,
      ),
    )}
    on conflict (id) do update set ${sql.join(
      columns.map((column) => sql`${sql.ref(column)} = ${sql.ref(`excluded.${column}`)}`),
    )}`.execute(db);
}

async function store(db: Db, { facilities, practitioners, roles }: Directory): Promise<void> {
  await put(db, "facility", facilities);
  const ids = facilities.map(({ id }) => id);
  await sql`delete from facility_season where facility_id = any(${ids}::text[])`.execute(db);
  const seasons = facilities.flatMap((facility) =>
    compileHours(facility).seasons.map((season) => ({ ...season, facility_id: facility.id })),
  );
  for (let at = 0; at < seasons.length; at += 1_000) {
    await db
      .insertInto("facility_season")
      .values(seasons.slice(at, at + 1_000))
      .execute();
  }
  await put(db, "practitioner", practitioners);
  await put(db, "practitioner_role", roles);
}

/** @returns every problem; when there is one, or for a dry run, nothing was written. */
export const importDirectory = (
  db: Db,
  agencyId: string,
  read: ReadDirectory,
  { dryRun }: { readonly dryRun: boolean },
): Promise<readonly FhirProblem[]> =>
  db.transaction().execute(async (transaction) => {
    await sql`lock table facility, practitioner, practitioner_role
      in share row exclusive mode`.execute(transaction);
    const problems = problemsOfImport(agencyId, read, await known(transaction, agencyId, read));
    if (problems.length === 0 && !dryRun) await store(transaction, read.directory);
    return problems;
  });
