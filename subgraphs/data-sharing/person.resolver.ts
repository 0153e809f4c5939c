/** What a person sees of the use of data about that person. */
import { Args, Ctx, Directive, FieldResolver, Query, Resolver, Root } from "type-graphql";
import { type Connection, PageArguments, readPage, toConnection } from "../kit/pagination.ts";
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
import { countOfPerson, findConsents, findDataAccesses } from "./person.store.ts";
import { Person, personOf } from "./stubs.ts";

const datasetDescription = "The dataset that holds the data.";

async function loadDataset(id: string, { loaders }: DataSharingContext): Promise<Dataset | null> {
  const row = await loaders.dataset.load(id);
  return row && toDataset(row);
}

@Resolver(() => Person)
export class PersonResolver {
  @Directive("@shareable")
  @Query(() => Person, {
    nullable: true,
    description: "Who is signed in; null when nobody is, or when it is no person.",
  })
  me(@Ctx() { principal }: DataSharingContext): Person | null {
    return principal?.kind === "person" ? personOf(principal.id) : null;
  }

  @Directive("@authenticated")
  @Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
  @FieldResolver(() => ConsentConnection, {
    nullable: true,
    description: "Who may use the person's data, for what and until when; the newest first.",
  })
  async consents(
    @Root() { id }: Person,
    @Args(() => PageArguments) given: PageArguments,
    @Ctx() { db, principal, clock }: DataSharingContext,
  ): Promise<Connection<Consent>> {
    requireSelf(principal, id);
    const page = readPage(given, ["number", "string"]);
    return toConnection({
      rows: await findConsents(db, id, page),
      page,
      keysOf: (row) => [row.since.getTime(), row.id],
      toNode: (row) => toConsent(row, clock()),
      count: () => countOfPerson(db, "consent", id),
    });
  }

  @Directive("@authenticated")
  @Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
  @FieldResolver(() => DataAccessConnection, {
    nullable: true,
    description: "Who has used the person's data; the newest first.",
  })
  async dataAccesses(
    @Root() { id }: Person,
    @Args(() => PageArguments) given: PageArguments,
    @Ctx() { db, principal }: DataSharingContext,
  ): Promise<Connection<DataAccess>> {
    requireSelf(principal, id);
    const page = readPage(given, ["number", "string"]);
    return toConnection({
      rows: await findDataAccesses(db, id, page),
      page,
      keysOf: (row) => [row.at.getTime(), row.id],
      toNode: toDataAccess,
      count: () => countOfPerson(db, "data_access", id),
    });
  }
}

@Resolver(() => Consent)
export class ConsentResolver {
  @FieldResolver(() => Dataset, { nullable: true, description: datasetDescription })
  dataset(@Root() { datasetId }: Consent, @Ctx() context: DataSharingContext) {
    return loadDataset(datasetId, context);
  }
}

@Resolver(() => DataAccess)
export class DataAccessResolver {
  @FieldResolver(() => Dataset, { nullable: true, description: datasetDescription })
  dataset(@Root() { datasetId }: DataAccess, @Ctx() context: DataSharingContext) {
    return loadDataset(datasetId, context);
  }
}
