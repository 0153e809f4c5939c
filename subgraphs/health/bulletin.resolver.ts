/** Bulletins and the pandemic's figures at the graph's root. */
import { GraphQLLocalDate } from "graphql-scalars";
import { Arg, Args, Ctx, Directive, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import { badUserInput } from "../kit/errors.ts";
import type { Connection, Page } from "../kit/pagination.ts";
import { readPage, toConnection } from "../kit/pagination.ts";
import { BulletinsArguments } from "./bulletin-arguments.ts";
import {
  type BulletinCriteria,
  type BulletinPosition,
  countBulletins,
  covidDays,
  listBulletins,
} from "./bulletin.store.ts";
import {
  Bulletin,
  BulletinConnection,
  BulletinRevision,
  CovidFigures,
  toBulletin,
  toBulletinRevision,
  toCovidFigures,
} from "./bulletin.ts";
import type { HealthContext } from "./context.ts";

function positionOf({ after }: Page): BulletinPosition | undefined {
  if (!after) return undefined;
  const publishedAt = new Date(Number(after[0]));
  if (!Number.isNaN(publishedAt.getTime())) return { publishedAt, id: String(after[1]) };
  throw badUserInput("`after` is not a cursor of this list: pass an `endCursor` unchanged.");
}

function criteriaOf({ filter }: BulletinsArguments, now: Date): BulletinCriteria {
  const { severities, audiences, holdingAt } = filter ?? {};
  return {
    now,
    ...(severities ? { severities } : {}),
    ...(audiences ? { audiences } : {}),
    ...(holdingAt ? { holdingAt } : {}),
  };
}

@Resolver(() => Bulletin)
export class BulletinResolver {
  @Directive('@cacheTag(format: "bulletins")')
  @Directive("@cacheControl(maxAge: 30)")
  @Query(() => BulletinConnection, {
    nullable: true,
    description: "Public-health bulletins, newest first, without those that were taken back.",
  })
  async bulletins(
    @Args(() => BulletinsArguments) given: BulletinsArguments,
    @Ctx() { db, clock }: HealthContext,
  ): Promise<Connection<Bulletin>> {
    const criteria = criteriaOf(given, new Date(clock()));
    const page = readPage(given, ["number", "string"]);
    return toConnection({
      rows: await listBulletins(db, criteria, page.limit + 1, positionOf(page)),
      page,
      keysOf: (row) => [row.published_at.getTime(), row.id],
      toNode: toBulletin,
      count: () => countBulletins(db, criteria),
    });
  }

  @Directive('@cacheTag(format: "bulletins")')
  @Directive("@cacheControl(maxAge: 30)")
  @Query(() => Bulletin, {
    nullable: true,
    description: "One bulletin, even when it was taken back: see `withdrawal`.",
  })
  async bulletin(
    @Arg("id", () => ID, { description: "Its id: `bul_…`." }) id: string,
    @Ctx() { loaders }: HealthContext,
  ): Promise<Bulletin | null> {
    const row = await loaders.bulletin.load(id);
    return row && toBulletin(row);
  }

  @Directive('@cacheTag(format: "bulletins")')
  @Directive("@cacheControl(maxAge: 30)")
  @Query(() => Bulletin, {
    nullable: true,
    description:
      "The bulletin that was published last, even when it holds no more: see `validUntil`. Never one that was taken back. Null before the first.",
  })
  async latestBulletin(@Ctx() { db, clock }: HealthContext): Promise<Bulletin | null> {
    const [row] = await listBulletins(db, { now: new Date(clock()) }, 1);
    return row ? toBulletin(row) : null;
  }

  @Directive("@cacheControl(maxAge: 30)")
  @FieldResolver(() => Bulletin, {
    nullable: true,
    description: "The older bulletin that this one replaces; null when it replaces none.",
  })
  async supersedes(
    @Root() { supersedesId }: Bulletin,
    @Ctx() { loaders }: HealthContext,
  ): Promise<Bulletin | null> {
    const row = supersedesId === null ? null : await loaders.bulletin.load(supersedesId);
    return row && toBulletin(row);
  }

  @Directive("@cacheControl(maxAge: 30)")
  @FieldResolver(() => Bulletin, {
    nullable: true,
    description: "The newer bulletin that replaces this one; null while none does.",
  })
  async supersededBy(
    @Root() { id }: Bulletin,
    @Ctx() { loaders }: HealthContext,
  ): Promise<Bulletin | null> {
    const row = await loaders.bulletinSuperseding.load(id);
    return row && toBulletin(row);
  }

  @Directive("@cacheControl(maxAge: 30)")
  @FieldResolver(() => [BulletinRevision], {
    nullable: true,
    description: "What it said before it was corrected, oldest first; empty when it never was.",
  })
  async revisions(
    @Root() { id, revision }: Bulletin,
    @Ctx() { loaders }: HealthContext,
  ): Promise<BulletinRevision[]> {
    if (revision === 1) return [];
    return (await loaders.revisionsOfBulletin.load(id)).map(toBulletinRevision);
  }

  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => CovidFigures, {
    nullable: true,
    description:
      "Confirmed cases of COVID-19 in the country by day, from 22 January to 2 May 2020.",
  })
  async covidFigures(
    @Arg("from", () => GraphQLLocalDate, {
      nullable: true,
      description: "First day; without it, the first that was counted.",
    })
    from: string | null | undefined,
    @Arg("to", () => GraphQLLocalDate, {
      nullable: true,
      description: "Last day; without it, the last that was counted.",
    })
    to: string | null | undefined,
    @Ctx() { db }: HealthContext,
  ): Promise<CovidFigures> {
    if (from && to && from > to) {
      throw badUserInput(`\`from\` (${from}) is after \`to\` (${to}): exchange them.`);
    }
    return toCovidFigures(await covidDays(db, from ?? undefined, to ?? undefined));
  }
}
