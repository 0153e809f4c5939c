/** Reads of requests, agreements and grants: for the two agencies that each concerns, and nobody else. */
import { Arg, Args, Ctx, Directive, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import { type Connection, PageArguments, toConnection } from "../kit/pagination.ts";
import type { DataSharingContext } from "./context.ts";
import { Dataset, toDataset } from "./dataset.ts";
import { requireActor } from "./sharing.actor.ts";
import { countRequestsOfAgency, findRequests, listRequestsOfAgency } from "./sharing.store.ts";
import {
  AccessGrant,
  SharingAgreement,
  SharingRequest,
  SharingRequestConnection,
  SharingStep,
  toAgreement,
  toGrant,
  toSharingRequest,
  toSharingStep,
} from "./sharing.ts";
import { readTimePage } from "./time-page.ts";

const privately = () => Directive("@cacheControl(maxAge: 0, scope: PRIVATE)");

@Resolver(() => SharingRequest)
export class SharingRequestResolver {
  @Directive("@authenticated")
  @privately()
  @Query(() => SharingRequest, {
    nullable: true,
    description: "A request that the agency made or has to answer; null for any other.",
  })
  async sharingRequest(
    @Arg("id", () => ID, { description: "Id of the request: `req_…`." }) id: string,
    @Ctx() { db, loaders, principal }: DataSharingContext,
  ): Promise<SharingRequest | null> {
    const { agencyId } = requireActor(principal);
    const [row] = await findRequests(db, [id]);
    if (!row) return null;
    const dataset = await loaders.dataset.load(row.dataset_id);
    const concerned = [row.requester_id, dataset?.publisher_id];
    return concerned.includes(agencyId) ? toSharingRequest(row) : null;
  }

  @Directive("@authenticated")
  @privately()
  @Query(() => SharingRequestConnection, {
    nullable: true,
    description: "Requests that the agency made or has to answer, the newest first.",
  })
  async sharingRequests(
    @Args(() => PageArguments) given: PageArguments,
    @Ctx() { db, principal }: DataSharingContext,
  ): Promise<Connection<SharingRequest>> {
    const { agencyId } = requireActor(principal);
    const page = readTimePage(given);
    return toConnection({
      rows: await listRequestsOfAgency(db, agencyId, page),
      page,
      keysOf: (row) => [row.requested_at.getTime(), row.id],
      toNode: toSharingRequest,
      count: () => countRequestsOfAgency(db, agencyId),
    });
  }

  @FieldResolver(() => Dataset, { description: "The dataset that is asked for." })
  async dataset(
    @Root() { row }: SharingRequest,
    @Ctx() { loaders }: DataSharingContext,
  ): Promise<Dataset> {
    const dataset = await loaders.dataset.load(row.dataset_id);
    if (!dataset) throw new Error(`The dataset "${row.dataset_id}" has gone.`);
    return toDataset(dataset);
  }

  @FieldResolver(() => SharingAgreement, {
    nullable: true,
    description: "The newest version of the agreement; null before an offer.",
  })
  async agreement(
    @Root() { id }: SharingRequest,
    @Ctx() { loaders }: DataSharingContext,
  ): Promise<SharingAgreement | null> {
    const row = await loaders.agreementOfRequest.load(id);
    return row && toAgreement(row);
  }

  @FieldResolver(() => AccessGrant, {
    nullable: true,
    description: "The right that came of it; null before both have signed.",
  })
  async grant(
    @Root() { id }: SharingRequest,
    @Ctx() { loaders }: DataSharingContext,
  ): Promise<AccessGrant | null> {
    const row = await loaders.grantOfRequest.load(id);
    return row && toGrant(row);
  }

  @FieldResolver(() => [SharingStep], {
    description:
      "Every step of the request, its newest agreement and its grant, each in its order.",
  })
  async steps(
    @Root() { id }: SharingRequest,
    @Ctx() { loaders }: DataSharingContext,
  ): Promise<SharingStep[]> {
    const [agreement, grant] = await Promise.all([
      loaders.agreementOfRequest.load(id),
      loaders.grantOfRequest.load(id),
    ]);
    const ids = [id, ...[agreement, grant].flatMap((row) => (row ? [row.id] : []))];
    return (await Promise.all(ids.map((one) => loaders.steps.load(one)))).flat().map(toSharingStep);
  }
}
