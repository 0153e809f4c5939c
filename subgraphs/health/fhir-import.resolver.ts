/** An agency brings in facilities and doctors as a FHIR bundle: text → rules and store → what became of it. */
import { Arg, Ctx, Directive, Mutation, Resolver } from "type-graphql";
import { badUserInput } from "../kit/errors.ts";
import { invalidate } from "../kit/invalidation.ts";
import type { HealthContext } from "./context.ts";
import { maxBundleLength, maxEntries } from "./fhir-import.rules.ts";
import { importDirectory } from "./fhir-import.store.ts";
import { FhirImport } from "./fhir-import.ts";
import { readBundle, type ReadDirectory } from "./fhir-read.rules.ts";
import { hoursScope, requireHoursAgency } from "./hours-correction.rules.ts";

const problemsShown = 200;

/** @throws GraphQLError BAD_USER_INPUT for what is too large, or no JSON. */
function readText(bundle: string): ReadDirectory {
  const refuse = (message: string) => badUserInput(message, { argument: "bundle" });
  if (bundle.length > maxBundleLength) {
    throw refuse(
      `\`bundle\` may have up to ${maxBundleLength} characters, not ${bundle.length}: send several.`,
    );
  }
  let given: unknown;
  try {
    given = JSON.parse(bundle);
  } catch (error) {
    throw refuse(`\`bundle\` is no JSON: ${(error as SyntaxError).message}.`);
  }
  const entries = (given as { readonly entry?: unknown } | null)?.entry;
  if (Array.isArray(entries) && entries.length > maxEntries) {
    throw refuse(
      `\`bundle\` may have up to ${maxEntries} entries, not ${entries.length}: send several.`,
    );
  }
  return readBundle(given);
}

@Resolver()
export class FhirImportResolver {
  @Directive(`@requiresScopes(scopes: [["${hoursScope}"]])`)
  @Mutation(() => FhirImport, {
    nullable: true,
    description:
      "Takes in facilities and doctors from a FHIR R4 Bundle, for the agency that licensed the facilities: all of it, or nothing and every problem with its place. Resources replace those with the same id, and others stay as they are, so that the same bundle may be sent again. Whoever reads after the answer reads what is new.",
  })
  async importFhirBundle(
    @Arg("bundle", () => String, {
      description: `The Bundle (collection) as JSON, as \`/fhir/facilities.json\` of this subgraph writes it; up to ${maxEntries} entries and ${maxBundleLength} characters.`,
    })
    bundle: string,
    @Arg("dryRun", () => Boolean, {
      defaultValue: false,
      description: "true: tells the problems, and stores nothing.",
    })
    dryRun: boolean,
    @Ctx() context: HealthContext,
  ): Promise<FhirImport> {
    const { db, loaders, principal } = context;
    const agencyId = requireHoursAgency(principal);
    const read = readText(bundle);
    const problems = await importDirectory(db, agencyId, read, { dryRun });
    const stored = problems.length === 0 && !dryRun;
    if (stored) {
      // Later fields of the same operation read what is there now.
      loaders.facility.clearAll();
      loaders.practitioner.clearAll();
      loaders.practitionerRole.clearAll();
      invalidate(
        context,
        { type: "Facility" },
        { type: "Practitioner" },
        { type: "PractitionerRole" },
      );
    }
    const { facilities, practitioners, roles } = read.directory;
    return {
      stored,
      facilities: facilities.length,
      practitioners: practitioners.length,
      roles: roles.length,
      problemCount: problems.length,
      problems: problems.slice(0, problemsShown),
    };
  }
}
