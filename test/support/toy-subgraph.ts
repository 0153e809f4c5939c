/** A very small subgraph on the kit: what the kit promises is tested with it, apart from any domain. */
import "reflect-metadata";
import { sql, type Kysely } from "kysely";
import { Arg, Args, Directive, Field, ID, ObjectType, Query, Resolver, Ctx } from "type-graphql";
import type DataLoader from "dataloader";
import { type BaseContext, defineSubgraph } from "../../subgraphs/kit/define-subgraph.ts";
import { createOneLoader } from "../../subgraphs/kit/loaders.ts";
import {
  connectionOf,
  PageArguments,
  readPage,
  toConnection,
  type Connection,
} from "../../subgraphs/kit/pagination.ts";
import { localized, LocalizedText, Money } from "../../subgraphs/kit/scalars.ts";

export type ToyTables = { toy: { id: string; name_en: string; name_ar: string; price: bigint } };
type ToyRow = ToyTables["toy"];
export type ToyContext = BaseContext<ToyTables> & {
  readonly loaders: { readonly toy: DataLoader<string, ToyRow | null> };
};

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 60)")
@ObjectType({ description: "A toy." })
class Toy {
  @Field(() => ID, { description: "Its id." })
  id!: string;

  @Field(() => LocalizedText, { description: "Its name." })
  name!: LocalizedText;

  @Field(() => Money, { description: "Its price." })
  price!: Money;

  @Field(() => String, {
    nullable: true,
    description: "Always fails, with a secret in its message.",
  })
  broken(): string {
    throw new Error("select secret from postgres://user:password@host/db");
  }
}

const toToy = (row: ToyRow): Toy =>
  Object.assign(new Toy(), {
    id: row.id,
    name: localized(row.name_en, row.name_ar),
    price: Money.of(row.price, "AED"),
  });

const { Connection: ToyConnection } = connectionOf("Toy", () => Toy);

@Resolver()
class ToyResolver {
  @Directive("@cacheControl(maxAge: 60)")
  @Query(() => Toy, { nullable: true, description: "One toy." })
  async toy(@Arg("id", () => ID) id: string, @Ctx() context: ToyContext): Promise<Toy | null> {
    const row = await context.loaders.toy.load(id);
    return row && toToy(row);
  }

  @Query(() => ToyConnection, { description: "All toys." })
  async toys(
    @Args(() => PageArguments) given: PageArguments,
    @Ctx() { db }: ToyContext,
  ): Promise<Connection<Toy>> {
    const page = readPage(given, ["string"]);
    const rows = await db
      .selectFrom("toy")
      .selectAll()
      .$if(page.after !== undefined, (query) => query.where("id", ">", String(page.after?.[0])))
      .orderBy("id")
      .limit(page.limit + 1)
      .execute();
    const count = async () => {
      const { total } = await db
        .selectFrom("toy")
        .select(db.fn.countAll<bigint>().as("total"))
        .executeTakeFirstOrThrow();
      return Number(total);
    };
    return toConnection({ rows, page, keysOf: (row) => [row.id], toNode: toToy, count });
  }

  @Directive("@cacheControl(maxAge: 10, scope: PRIVATE)")
  @Query(() => String, { nullable: true, description: "A secret of who asks." })
  mine(@Ctx() { principal }: ToyContext): string | null {
    return principal ? `secret of ${principal.id}` : null;
  }

  @Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
  @Query(() => String, { nullable: true, description: "Id of who asks." })
  whoAmI(@Ctx() { principal }: ToyContext): string | null {
    return principal?.id ?? null;
  }
}

export const toySubgraph = defineSubgraph<ToyTables, ToyContext>({
  name: "toy-shop",
  resolvers: [ToyResolver],
  orphanedTypes: [],
  references: {
    Toy: async ({ id }, { loaders }) => {
      const row = await loaders.toy.load(String(id));
      return row && toToy(row);
    },
  },
  extensions: [],
  migrations: {
    "0001-toy": {
      async up(db: Kysely<unknown>) {
        await sql`create table toy (id text primary key, name_en text not null, name_ar text not null, price bigint not null)`.execute(
          db,
        );
      },
    },
  },
  async seed(db) {
    const toys = Array.from({ length: 30 }, (_, index) => `toy-${`${index}`.padStart(2, "0")}`);
    await db
      .insertInto("toy")
      .values(
        toys.map((id) => ({ id, name_en: `Toy ${id}`, name_ar: `لعبة ${id}`, price: 41_250n })),
      )
      .execute();
  },
  createContext: (base) => ({
    ...base,
    loaders: {
      toy: createOneLoader(
        (ids) =>
          base.db
            .selectFrom("toy")
            .selectAll()
            .where("id", "in", [...ids])
            .execute(),
        (row) => row.id,
      ),
    },
  }),
});
