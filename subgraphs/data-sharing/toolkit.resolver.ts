/** The toolkit in the graph: guidance for everybody, and progress for a signed-in organisation. */
import { Arg, Ctx, Directive, FieldResolver, Mutation, Query, Resolver, Root } from "type-graphql";
import type { DataSharingContext } from "./context.ts";
import { requireActor } from "./sharing.actor.ts";
import { checkAnswers, toDiagnosis, ToolkitAnswer, ToolkitDiagnosis } from "./toolkit-diagnosis.ts";
import { toPath, toToolkitEdition, ToolkitEdition, ToolkitItem } from "./toolkit-edition.ts";
import {
  readProgress,
  toConflict,
  ToolkitProgress,
  ToolkitProgressInput,
  ToolkitProgressResult,
  toToolkitProgress,
} from "./toolkit-progress.ts";
import {
  findToolkitProgress,
  insertToolkitProgress,
  listToolkitAudiences,
  type ToolkitEditionRow,
  updateToolkitProgress,
} from "./toolkit.store.ts";
import { ToolkitAudience, toToolkitAudience } from "./toolkit.ts";

const openly = () => Directive("@cacheControl(maxAge: 3600)");
const privately = () => Directive("@cacheControl(maxAge: 0, scope: PRIVATE)");

async function editionOf({ loaders }: DataSharingContext): Promise<ToolkitEditionRow> {
  const edition = await loaders.toolkitEdition();
  if (!edition) throw new Error("The toolkit has no edition: seed one.");
  return edition;
}

@Resolver(() => ToolkitAudience)
export class ToolkitResolver {
  @openly()
  @Query(() => [ToolkitAudience], {
    nullable: true,
    description:
      "The four audiences of the data-sharing toolkit, from the curious to the stuck, each with its first steps.",
  })
  async toolkitAudiences(@Ctx() { db }: DataSharingContext): Promise<ToolkitAudience[]> {
    return (await listToolkitAudiences(db)).map(toToolkitAudience);
  }

  @Directive("@cacheControl(inheritMaxAge: true)")
  @FieldResolver(() => [ToolkitItem], {
    description:
      "The whole path: what sharing is, with examples; steps with templates; technical detail; or the way out of a standstill.",
  })
  async path(
    @Root() { id }: ToolkitAudience,
    @Ctx() context: DataSharingContext,
  ): Promise<readonly ToolkitItem[]> {
    return toPath((await editionOf(context)).content, id);
  }

  @openly()
  @Query(() => ToolkitEdition, {
    nullable: true,
    description: "The newest edition of the toolkit: decision points, foundations, templates.",
  })
  async toolkit(@Ctx() context: DataSharingContext): Promise<ToolkitEdition> {
    return toToolkitEdition(await editionOf(context));
  }

  @openly()
  @Query(() => ToolkitDiagnosis, {
    nullable: true,
    description:
      "What blocks a project, and the one next step. Questions that are left out count as UNSURE. Nothing is kept.",
  })
  async toolkitDiagnosis(
    @Arg("answers", () => [ToolkitAnswer], { description: "Each question at most once." })
    answers: ToolkitAnswer[],
    @Ctx() context: DataSharingContext,
  ): Promise<ToolkitDiagnosis> {
    const edition = await editionOf(context);
    checkAnswers(edition.content, answers);
    return toDiagnosis(edition, answers);
  }
}

@Resolver()
export class ToolkitProgressResolver {
  @Directive("@authenticated")
  @privately()
  @Query(() => ToolkitProgress, {
    nullable: true,
    description: "How far your organisation has come in the toolkit; null before its first save.",
  })
  async toolkitProgress(@Ctx() context: DataSharingContext): Promise<ToolkitProgress | null> {
    const { agencyId } = requireActor(context.principal);
    const row = await findToolkitProgress(context.db, agencyId);
    return row ? toToolkitProgress(row, await editionOf(context)) : null;
  }

  @Directive("@authenticated")
  @Mutation(() => ToolkitProgressResult, {
    nullable: true,
    description:
      "Saves how far your organisation has come. When a colleague has saved since you read, nothing is changed and you get theirs.",
  })
  async saveToolkitProgress(
    @Arg("input", () => ToolkitProgressInput, { description: "The whole state." })
    input: ToolkitProgressInput,
    @Ctx() context: DataSharingContext,
  ): Promise<typeof ToolkitProgressResult> {
    const { db, principal, clock } = context;
    const actor = requireActor(principal);
    const edition = await editionOf(context);
    const progress = readProgress(edition.content, input);
    const row = {
      agency_id: actor.agencyId,
      revision: input.basedOnRevision + 1,
      edition: edition.version,
      progress: JSON.stringify(progress),
      changed_by: actor.id,
      changed_at: new Date(clock()),
    };
    const save = input.basedOnRevision === 0 ? insertToolkitProgress : updateToolkitProgress;
    const saved = await save(db, row);
    if (saved) return toToolkitProgress(saved, edition);
    const current = await findToolkitProgress(db, actor.agencyId);
    return toConflict(current ? toToolkitProgress(current, edition) : null);
  }
}
