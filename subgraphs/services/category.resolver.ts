/** Categories, each with its number of services. */
import { Ctx, Directive, FieldResolver, Int, Query, Resolver, Root } from "type-graphql";
import { Category, toCategory } from "./category.ts";
import { listCategories } from "./category.store.ts";
import type { ServicesContext } from "./context.ts";

@Resolver(() => Category)
export class CategoryResolver {
  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => [Category], {
    nullable: true,
    description: "All categories, in the order in which to show them.",
  })
  async categories(@Ctx() { db }: ServicesContext): Promise<Category[]> {
    return (await listCategories(db)).map(toCategory);
  }

  @FieldResolver(() => Int, { description: "How many services it holds." })
  async serviceCount(
    @Root() { id }: Category,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<number> {
    return Number((await loaders.serviceCountOfCategory.load(id))?.total ?? 0);
  }
}
