/** Queries of shared data under a grant; every attempt is in the access log. */
import { Arg, Ctx, Directive, FieldResolver, ID, Int, Query, Resolver, Root } from "type-graphql";
import type { DataSharingContext } from "./context.ts";
import { Dataset } from "./dataset.ts";
import { PurposeCodeEnum } from "./purpose.ts";
import { readCounts, readFigure, readRows } from "./read-data.ts";
import {
  DataProduct,
  figureKinds,
  PrivateFigure,
  PrivateFigureResult,
  SharedCount,
  SharedCounts,
  SharedCountsResult,
  SharedRow,
  SharedRows,
  SharedRowsResult,
  toDataProduct,
} from "./shared-data.ts";
import { requireActor } from "./sharing.actor.ts";
import { RowFilterInput, toRefused } from "./sharing.ts";
import type { PurposeCode } from "./tables.ts";

const privately = () => Directive("@cacheControl(maxAge: 0, scope: PRIVATE)");
const grantId = () => Arg("grantId", () => ID, { description: "Id of the grant: `grant_…`." });
const purpose = () =>
  Arg("purpose", () => PurposeCodeEnum, { description: "For what; the grant's purpose." });

@Resolver()
export class SharedDataResolver {
  @Directive("@authenticated")
  @privately()
  @Query(() => SharedRowsResult, {
    nullable: true,
    description: "Rows of the dataset that the grant is for. The attempt is in the access log.",
  })
  async sharedRows(
    @grantId() grant: string,
    @purpose() purpose: PurposeCode,
    @Arg("fields", () => [String], { description: "Fields of the grant, at least one." })
    fields: string[],
    @Arg("first", () => Int, { defaultValue: 100, description: "How many, from 1 to 1000." })
    first: number,
    @Arg("after", () => Int, { defaultValue: 0, description: "`next` of the page before." })
    after: number,
    @Ctx() context: DataSharingContext,
  ): Promise<typeof SharedRowsResult> {
    const actor = requireActor(context.principal);
    const ask = { grantId: grant, purpose, fields, first, after };
    const used = await readRows(context, actor, ask);
    if (used.kind === "REFUSED") return toRefused(used.code, used.sequence);
    const { columns, rows, next } = used.value;
    return Object.assign(new SharedRows(), {
      columns,
      rows: rows.map((values) => Object.assign(new SharedRow(), { values })),
      next,
      logSequence: used.sequence,
    });
  }

  @Directive("@authenticated")
  @privately()
  @Query(() => SharedCountsResult, {
    nullable: true,
    description:
      "Counts by one or two fields, with totals, without small groups. The attempt is in the access log.",
  })
  async sharedCounts(
    @grantId() grant: string,
    @purpose() purpose: PurposeCode,
    @Arg("by", () => [String], { description: "One or two fields of the kind DIMENSION." })
    by: string[],
    @Ctx() context: DataSharingContext,
  ): Promise<typeof SharedCountsResult> {
    const actor = requireActor(context.principal);
    const used = await readCounts(context, actor, { grantId: grant, purpose, by });
    if (used.kind === "REFUSED") return toRefused(used.code, used.sequence);
    const { dimensions, cells, minimumPersons } = used.value;
    return Object.assign(new SharedCounts(), {
      by: dimensions,
      cells: cells.map((cell) => Object.assign(new SharedCount(), cell)),
      minimumPersons,
      logSequence: used.sequence,
    });
  }

  @Directive("@authenticated")
  @privately()
  @Query(() => PrivateFigureResult, {
    nullable: true,
    description:
      "A count of persons or a sum with noise, paid from the grant's privacy budget. The same question is answered the same, and costs nothing again. The attempt is in the access log.",
  })
  async privateFigure(
    @grantId() grant: string,
    @purpose() purpose: PurposeCode,
    @Arg("kind", () => figureKinds, { description: "What is asked for." })
    kind: keyof typeof figureKinds,
    @Arg("milliEpsilon", () => Int, {
      description: "What it may cost, in thousandths of epsilon: the more, the less noise.",
    })
    milliEpsilon: number,
    @Arg("field", () => String, { nullable: true, description: "The measure; for SUM only." })
    field: string | null | undefined,
    @Arg("where", () => [RowFilterInput], { defaultValue: [], description: "Which rows." })
    where: RowFilterInput[],
    @Ctx() context: DataSharingContext,
  ): Promise<typeof PrivateFigureResult> {
    const actor = requireActor(context.principal);
    const asked = kind === "SUM" ? (field ?? undefined) : undefined;
    const wish = { grantId: grant, purpose, kind, field: asked, where, milliEpsilon };
    const used = await readFigure(context, actor, wish);
    if (used.kind === "REFUSED") return toRefused(used.code, used.sequence);
    const { value, ...rest } = used.value;
    return Object.assign(new PrivateFigure(), {
      ...rest,
      value: Number(value),
      logSequence: used.sequence,
    });
  }
}

@Resolver(() => Dataset)
export class DatasetProductResolver {
  @Directive("@cacheControl(inheritMaxAge: true)")
  @FieldResolver(() => DataProduct, {
    nullable: true,
    description: "How it can be queried here under a grant; null when it cannot.",
  })
  async product(
    @Root() { id }: Dataset,
    @Ctx() { loaders }: DataSharingContext,
  ): Promise<DataProduct | null> {
    const row = await loaders.product.load(id);
    return row && toDataProduct(row);
  }
}
