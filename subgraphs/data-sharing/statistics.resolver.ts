/** Figures on the sharing of data, for reports on openness: open to everybody. */
import { GraphQLLocalDate } from "graphql-scalars";
import { Arg, Ctx, Directive, Query, Resolver } from "type-graphql";
import { badUserInput } from "../kit/errors.ts";
import type { DataSharingContext } from "./context.ts";
import { countDatasets, countGrants, countRequests, listAccessSums } from "./statistics.store.ts";
import { SharingStatistics, toSharingStatistics } from "./statistics.ts";

@Resolver()
export class SharingStatisticsResolver {
  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => SharingStatistics, {
    nullable: true,
    description:
      "How open the city's data is: datasets, requests, times to decision, grants and accesses, by agency and month.",
  })
  async sharingStatistics(
    @Arg("from", () => GraphQLLocalDate, {
      nullable: true,
      description:
        "Requests since this day, and accesses since its month; from the start when left out.",
    })
    from: string | null | undefined,
    @Arg("to", () => GraphQLLocalDate, {
      nullable: true,
      description: "Until this day, and until the end of its month; until now when left out.",
    })
    to: string | null | undefined,
    @Ctx() { db, clock }: DataSharingContext,
  ): Promise<SharingStatistics> {
    const period = { from: from ?? null, to: to ?? null };
    if (period.from !== null && period.to !== null && period.from > period.to) {
      throw badUserInput("`from` must not lie after `to`.");
    }
    const [datasets, requests, grants, accesses] = await Promise.all([
      countDatasets(db),
      countRequests(db, period),
      countGrants(db, new Date(clock())),
      listAccessSums(db, period),
    ]);
    return toSharingStatistics({ datasets, requests, grants, accesses });
  }
}
