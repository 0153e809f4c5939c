/** Doctors at the graph's root, at a facility, and the edges between doctors, roles and facilities. */
import { Arg, Args, Ctx, Directive, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import { type Connection, readPage, toConnection } from "../kit/pagination.ts";
import type { HealthContext } from "./context.ts";
import { Facility, toFacility } from "./facility.ts";
import { requirePlace, requireRadius } from "./geo.rules.ts";
import { PractitionersArguments, PractitionersNearArguments } from "./practitioner-arguments.ts";
import { readPractitionerFilter } from "./practitioner.rules.ts";
import {
  countPractitioners,
  countPractitionersNear,
  listPractitioners,
  practitionersNear,
} from "./practitioner.store.ts";
import {
  Practitioner,
  PractitionerConnection,
  PractitionerNear,
  PractitionerNearConnection,
  PractitionerRole,
  toPractitioner,
  toPractitionerNear,
  toPractitionerRole,
} from "./practitioner.ts";

const byId = ["string"] as const;
const byDistance = ["number", "string"] as const;

@Resolver(() => Practitioner)
export class PractitionerResolver {
  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => Practitioner, {
    nullable: true,
    description: "One doctor; null when there is none with this id.",
  })
  async practitioner(
    @Arg("id", () => ID, { description: "Id of the doctor." }) id: string,
    @Ctx() { loaders }: HealthContext,
  ): Promise<Practitioner | null> {
    const row = await loaders.practitioner.load(id);
    return row && toPractitioner(row);
  }

  @Directive('@cacheTag(format: "practitioners")')
  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => PractitionerConnection, {
    nullable: true,
    description: "Doctors, in the order of their ids.",
  })
  async practitioners(
    @Args(() => PractitionersArguments) given: PractitionersArguments,
    @Ctx() { db }: HealthContext,
  ): Promise<Connection<Practitioner>> {
    const criteria = readPractitionerFilter(given.filter);
    const page = readPage(given, byId);
    return toConnection({
      rows: await listPractitioners(db, criteria, page),
      page,
      keysOf: (row) => [row.id],
      toNode: toPractitioner,
      count: () => countPractitioners(db, criteria),
    });
  }

  @Directive('@cacheTag(format: "practitioners")')
  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => PractitionerNearConnection, {
    nullable: true,
    description:
      "Doctors who work around a place, nearest first; each once, at the nearest facility that fits.",
  })
  async practitionersNear(
    @Args(() => PractitionersNearArguments) given: PractitionersNearArguments,
    @Ctx() { db }: HealthContext,
  ): Promise<Connection<PractitionerNear>> {
    const place = requirePlace(given.location);
    const surroundings = { place, radiusMeters: requireRadius(given.radiusMeters) };
    const criteria = readPractitionerFilter(given.filter);
    const page = readPage(given, byDistance);
    return toConnection({
      rows: await practitionersNear(db, surroundings, criteria, page),
      page,
      keysOf: (row) => [row.chord, row.id],
      toNode: toPractitionerNear(place),
      count: () => countPractitionersNear(db, surroundings, criteria),
    });
  }

  @Directive("@cacheControl(maxAge: 300)")
  @FieldResolver(() => [PractitionerRole], {
    nullable: true,
    description: "Where the doctor works, as what, and when.",
  })
  async roles(
    @Root() { id }: Practitioner,
    @Ctx() { loaders }: HealthContext,
  ): Promise<PractitionerRole[]> {
    return (await loaders.rolesOfPractitioner.load(id)).map(toPractitionerRole);
  }
}

@Resolver(() => PractitionerRole)
export class PractitionerRoleResolver {
  @Directive("@cacheControl(maxAge: 300)")
  @FieldResolver(() => Practitioner, { nullable: true, description: "Who." })
  async practitioner(
    @Root() { practitionerId }: PractitionerRole,
    @Ctx() { loaders }: HealthContext,
  ): Promise<Practitioner | null> {
    const row = await loaders.practitioner.load(practitionerId);
    return row && toPractitioner(row);
  }

  @Directive("@cacheControl(maxAge: 300)")
  @FieldResolver(() => Facility, { nullable: true, description: "Where." })
  async facility(
    @Root() { facilityId }: PractitionerRole,
    @Ctx() { loaders }: HealthContext,
  ): Promise<Facility | null> {
    const row = await loaders.facility.load(facilityId);
    return row && toFacility(row);
  }
}

@Resolver(() => PractitionerNear)
export class PractitionerNearResolver {
  @Directive("@cacheControl(maxAge: 300)")
  @FieldResolver(() => PractitionerRole, {
    nullable: true,
    description: "The role at the nearest facility that fits.",
  })
  async role(
    @Root() { roleId }: PractitionerNear,
    @Ctx() { loaders }: HealthContext,
  ): Promise<PractitionerRole | null> {
    const row = await loaders.practitionerRole.load(roleId);
    return row && toPractitionerRole(row);
  }
}

@Resolver(() => Facility)
export class FacilityPractitionersResolver {
  @Directive("@cacheControl(maxAge: 300)")
  @FieldResolver(() => PractitionerConnection, {
    nullable: true,
    description:
      "Doctors who work here, in the order of their ids; speciality and times of the filter are those of their role here.",
  })
  async practitioners(
    @Root() { id }: Facility,
    @Args(() => PractitionersArguments) given: PractitionersArguments,
    @Ctx() { loaders }: HealthContext,
  ): Promise<Connection<Practitioner>> {
    const criteria = readPractitionerFilter(given.filter);
    const page = readPage(given, byId);
    return toConnection({
      rows: await loaders.practitionersOfFacility({ criteria, page }).load(id),
      page,
      keysOf: (row) => [row.id],
      toNode: toPractitioner,
      count: () => loaders.countPractitionersOfFacility({ criteria }).load(id),
    });
  }
}
