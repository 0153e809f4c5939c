/** What a person sees of the use of data about that person. */
import type { GraphQLResolveInfo } from "graphql";
import { Args, Ctx, Directive, FieldResolver, Query, Resolver, Root, Info } from "type-graphql";
import { noPerson } from "../kit/nobody.ts";
import { type Connection, PageArguments, toConnection } from "../kit/pagination.ts";
import {
  Consent,
  ConsentConnection,
  DataAccess,
  DataAccessConnection,
  toConsent,
  toDataAccess,
} from "./consent.ts";
import type { DataSharingContext } from "./context.ts";
import { Dataset, toDataset } from "./dataset.ts";
import { requireSelf } from "./person.rules.ts";
import { Person } from "./stubs.ts";
import { readTimePage } from "./time-page.ts";

const privately = () => Directive("@cacheControl(maxAge: 0, scope: PRIVATE)");

async function loadDataset(id: string, { loaders }: DataSharingContext): Promise<Dataset> {
  const row = await loaders.dataset.load(id);
  if (!row) throw new Error(`The dataset "${id}" has gone.`);
  return toDataset(row);
}

@Resolver(() => Person)
export class PersonResolver {
  @Directive("@shareable")
  @privately()
  @Query(() => Person, {
    nullable: true,
    description: "Who is signed in; null when nobody is, or when it is no person.",
  })
  me(@Ctx() { principal }: DataSharingContext, @Info() info: GraphQLResolveInfo): Person | null {
    return principal?.kind === "person" ? Person.of(principal.id) : noPerson(info);
  }

  @Directive("@authenticated")
  @privately()
  @FieldResolver(() => ConsentConnection, {
    nullable: true,
    description: "Who may use the person's data, for what and until when; the newest first.",
  })
  async consents(
    @Root() { id }: Person,
    @Args(() => PageArguments) given: PageArguments,
    @Ctx() { loaders, principal, clock }: DataSharingContext,
  ): Promise<Connection<Consent>> {
    requireSelf(principal, id);
    const page = readTimePage(given);
    const nowMs = clock();
    return toConnection({
      rows: await loaders.consentsOfPerson(page).load(id),
      page,
      keysOf: (row) => [row.since.getTime(), row.id],
      toNode: (row) => toConsent(row, nowMs),
      count: async () => Number((await loaders.consentCountOfPerson.load(id))?.total ?? 0n),
    });
  }

  @Directive("@authenticated")
  @privately()
  @FieldResolver(() => DataAccessConnection, {
    nullable: true,
    description: "Who has used the person's data; the newest first.",
  })
  async dataAccesses(
    @Root() { id }: Person,
    @Args(() => PageArguments) given: PageArguments,
    @Ctx() { loaders, principal }: DataSharingContext,
  ): Promise<Connection<DataAccess>> {
    requireSelf(principal, id);
    const page = readTimePage(given);
    return toConnection({
      rows: await loaders.accessesOfPerson(page).load(id),
      page,
      keysOf: (row) => [row.at.getTime(), row.id],
      toNode: toDataAccess,
      count: async () => Number((await loaders.accessCountOfPerson.load(id))?.total ?? 0n),
    });
  }
}

@Resolver(() => Consent)
export class ConsentResolver {
  @FieldResolver(() => Dataset, { description: "The dataset that holds the data." })
  dataset(@Root() { datasetId }: Consent, @Ctx() context: DataSharingContext): Promise<Dataset> {
    return loadDataset(datasetId, context);
  }
}

@Resolver(() => DataAccess)
export class DataAccessResolver {
  @FieldResolver(() => Dataset, { description: "The dataset that holds the data." })
  dataset(@Root() { datasetId }: DataAccess, @Ctx() context: DataSharingContext): Promise<Dataset> {
    return loadDataset(datasetId, context);
  }

  @FieldResolver(() => Consent, {
    nullable: true,
    description: "The consent that it rests on; null when its legal basis is another.",
  })
  async consent(
    @Root() { consentId }: DataAccess,
    @Ctx() { loaders, clock }: DataSharingContext,
  ): Promise<Consent | null> {
    const row = consentId === null ? null : await loaders.ownConsent.load(consentId);
    return row && toConsent(row, clock());
  }
}
