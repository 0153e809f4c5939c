/** Arguments → store → types. What is a person's is answered to that person only. */
import { Arg, Args, Ctx, Directive, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import { GraphQLError } from "graphql";
import { requirePerson } from "../kit/errors.ts";
import {
  type Connection,
  connectionOf,
  PageArguments,
  readPage,
  toConnection,
} from "../kit/pagination.ts";
import { localized, Money } from "../kit/scalars.ts";
import { ParkingFine, ParkingPermit, ParkingZone, Person } from "./parking.ts";
import {
  countZones,
  listFines,
  listPermits,
  listZones,
  type ParkingTables,
} from "./parking.store.ts";
import type { ParkingContext } from "./subgraph.ts";

const { Connection: ParkingZoneConnection } = connectionOf("ParkingZone", () => ParkingZone);

export const toZone = (row: ParkingTables["zone"]): ParkingZone =>
  Object.assign(new ParkingZone(), {
    id: row.id,
    name: localized(row.name_en, row.name_ar),
    hourlyPrice: Money.of(row.hourly_price, "AED"),
  });

/** With the zone's id; the zone itself is loaded when it is asked for. */
export const toPermit = (row: ParkingTables["permit"]): ParkingPermit =>
  Object.assign(new ParkingPermit(), {
    id: row.id,
    plate: row.plate,
    zoneId: row.zone_id,
    validUntil: row.valid_until,
  });

export const toFine = (row: ParkingTables["fine"]): ParkingFine =>
  Object.assign(new ParkingFine(), {
    id: row.id,
    amount: Money.of(row.amount, "AED"),
    issuedAt: row.issued_at,
  });

@Resolver(() => ParkingPermit)
export class ParkingResolver {
  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => ParkingZone, { nullable: true, description: "One parking zone." })
  async parkingZone(
    @Arg("id", () => ID, { description: "Its id." }) id: string,
    @Ctx() { loaders }: ParkingContext,
  ): Promise<ParkingZone | null> {
    const row = await loaders.zone.load(id);
    return row && toZone(row);
  }

  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => ParkingZoneConnection, { description: "All parking zones, by id." })
  async parkingZones(
    @Args(() => PageArguments) given: PageArguments,
    @Ctx() { db }: ParkingContext,
  ): Promise<Connection<ParkingZone>> {
    const page = readPage(given, ["string"]);
    const after = page.after === undefined ? undefined : String(page.after[0]);
    const rows = await listZones(db, after, page.limit + 1);
    const count = () => countZones(db);
    return toConnection({ rows, page, keysOf: (row) => [row.id], toNode: toZone, count });
  }

  @FieldResolver(() => ParkingZone, { description: "Where it is valid." })
  async zone(
    @Root() permit: ParkingPermit & { readonly zoneId: string },
    @Ctx() { loaders }: ParkingContext,
  ): Promise<ParkingZone> {
    const row = await loaders.zone.load(permit.zoneId);
    if (!row) throw new Error(`Permit ${permit.id} is for a zone that is not there.`);
    return toZone(row);
  }
}

/** @throws GraphQLError UNAUTHENTICATED, or FORBIDDEN for anybody but the person. */
function requireSelf({ principal }: ParkingContext, person: Person): void {
  if (requirePerson(principal).id === person.id) return;
  throw new GraphQLError("This belongs to another person: ask for it through `me`.", {
    extensions: { code: "FORBIDDEN" },
  });
}

@Resolver(() => Person)
export class PersonParkingResolver {
  @Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
  @FieldResolver(() => [ParkingPermit], {
    nullable: true,
    description: "The person's permits, at most 50, the longest valid first.",
  })
  async parkingPermits(
    @Root() person: Person,
    @Ctx() context: ParkingContext,
  ): Promise<ParkingPermit[]> {
    requireSelf(context, person);
    return (await listPermits(context.db, person.id)).map(toPermit);
  }

  @Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
  @FieldResolver(() => [ParkingFine], {
    nullable: true,
    description: "The person's fines, at most 50, the newest first.",
  })
  async parkingFines(
    @Root() person: Person,
    @Ctx() context: ParkingContext,
  ): Promise<ParkingFine[]> {
    requireSelf(context, person);
    return (await listFines(context.db, person.id)).map(toFine);
  }
}
