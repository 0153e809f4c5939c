/** How agencies change their part of the catalogue: arguments → the use cases → what the client is told. */
import { Arg, Ctx, Directive, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import { invalidate } from "../kit/invalidation.ts";
import {
  type CatalogueDeps,
  type CatalogueOutcome,
  changeService,
  createService,
  retireService,
} from "./catalogue-change.ts";
import {
  CatalogueChangeResult,
  CatalogueFile,
  type CatalogueFormat,
  CatalogueFormatEnum,
  CatalogueImport,
  toCatalogueProblem,
  toRefused,
} from "./catalogue-change.graph.ts";
import { ServiceInput } from "./catalogue-change.input.ts";
import { fileLimitBytes, servicesLimit } from "./catalogue-file.ts";
import { exportCatalogue, importCatalogue } from "./catalogue-import.ts";
import { catalogueScope, requireCatalogueActor } from "./catalogue.actor.ts";
import type { ServicesContext } from "./context.ts";
import { loadExisting } from "./loaders.ts";
import { toService } from "./service.ts";

type Result = typeof CatalogueChangeResult;

const scoped = `@requiresScopes(scopes: [["${catalogueScope}"]])`;
const files = {
  CSV: { extension: "csv", mediaType: "text/csv; charset=utf-8; header=present" },
  JSON_LD: { extension: "jsonld", mediaType: "application/ld+json; charset=utf-8" },
} as const;

const Version = () =>
  Arg("expectedVersion", () => Int, {
    description: "Its `version` as you saw it: if it is another by now, nothing is changed.",
  });
const Format = () =>
  Arg("format", () => CatalogueFormatEnum, { description: "How the file is written." });

const depsOf = ({ clock }: ServicesContext): CatalogueDeps => ({ now: new Date(clock()) });

async function tell(id: string, outcome: CatalogueOutcome, context: ServicesContext) {
  // An operation may change it twice.
  context.loaders.service.clear(id);
  if (outcome.kind === "DONE") {
    // A name stands in lists, searches, counts and the pages of its agency: all of them are read anew.
    if (outcome.isChanged) invalidate(context, "everything");
    return toService(await loadExisting(context.loaders.service, outcome.serviceId));
  }
  const row = outcome.code === "NO_SUCH_SERVICE" ? null : await context.loaders.service.load(id);
  return toRefused(outcome.code, outcome.problems, row && toService(row));
}

/** Without the fields that a client left out, which the entry's own defaults stand for. */
const valueOf = (given: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]: [string, unknown]) => [name, plainOf(value)]),
  );
function plainOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainOf);
  return typeof value === "object" && value !== null ? valueOf(value) : value;
}

@Resolver()
export class CatalogueChangeResolver {
  @Directive(scoped)
  @Mutation(() => CatalogueChangeResult, {
    nullable: true,
    description: `Creates a service of your agency (scope ${catalogueScope}). Sent again, it is the same creation.`,
  })
  async createService(
    @Arg("service", () => ServiceInput, { description: "The service, whole." })
    service: ServiceInput,
    @Ctx() context: ServicesContext,
  ): Promise<Result> {
    const actor = requireCatalogueActor(context.principal);
    const value = { ...valueOf(service), id: service.id };
    return tell(
      service.id,
      await createService(context.db, actor, value, depsOf(context)),
      context,
    );
  }

  @Directive(scoped)
  @Mutation(() => CatalogueChangeResult, {
    nullable: true,
    description: `Changes a service of your agency (scope ${catalogueScope}): what you give becomes its next version, and the former one is kept.`,
  })
  async changeService(
    @Arg("service", () => ServiceInput, { description: "The service, whole." })
    service: ServiceInput,
    @Version() expectedVersion: number,
    @Ctx() context: ServicesContext,
  ): Promise<Result> {
    const actor = requireCatalogueActor(context.principal);
    const value = { ...valueOf(service), id: service.id };
    const outcome = await changeService(context.db, actor, value, expectedVersion, depsOf(context));
    return tell(service.id, outcome, context);
  }

  @Directive(scoped)
  @Mutation(() => CatalogueChangeResult, {
    nullable: true,
    description: `Takes a service of your agency out of the offer (scope ${catalogueScope}): nobody finds it by a search, and former requests still point to it.`,
  })
  async retireService(
    @Arg("id", () => ID, { description: "Its id." }) id: string,
    @Version() expectedVersion: number,
    @Ctx() context: ServicesContext,
  ): Promise<Result> {
    const actor = requireCatalogueActor(context.principal);
    const outcome = await retireService(context.db, actor, id, expectedVersion, depsOf(context));
    return tell(id, outcome, context);
  }

  @Directive(scoped)
  @Mutation(() => CatalogueImport, {
    nullable: true,
    description: `Takes over a file of your agency's services (scope ${catalogueScope}): all of it, or nothing when anything in it is wrong. Services that it does not name stay as they are.`,
  })
  async importCatalogue(
    @Format() format: CatalogueFormat,
    @Arg("content", () => String, {
      description: `What is in the file: ${fileLimitBytes} bytes and ${servicesLimit} services at most.`,
    })
    content: string,
    @Arg("dryRun", () => Boolean, {
      description: "Whether only to say what would come of it, and what is wrong.",
    })
    dryRun: boolean,
    @Ctx() context: ServicesContext,
  ): Promise<CatalogueImport> {
    const actor = requireCatalogueActor(context.principal);
    const order = { format, content, dryRun };
    const outcome = await importCatalogue(context.db, actor, order, depsOf(context));
    const { isApplied, problems, created, changed, unchanged } = outcome;
    if (isApplied && created.length + changed.length > 0) invalidate(context, "everything");
    return Object.assign(new CatalogueImport(), {
      applied: isApplied,
      problems: problems.map(toCatalogueProblem),
      created,
      changed,
      unchanged,
    });
  }

  @Directive(scoped)
  @Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
  @Query(() => CatalogueFile, {
    nullable: true,
    description: `All services of your agency as a file that \`importCatalogue\` takes (scope ${catalogueScope}), those that are retired among them.`,
  })
  async catalogueFile(
    @Format() format: CatalogueFormat,
    @Ctx() { db, principal }: ServicesContext,
  ): Promise<CatalogueFile> {
    const actor = requireCatalogueActor(principal);
    const { extension, mediaType } = files[format];
    return Object.assign(new CatalogueFile(), {
      fileName: `${actor.agencyId}-catalogue.${extension}`,
      mediaType,
      content: await exportCatalogue(db, actor, format),
    });
  }
}
