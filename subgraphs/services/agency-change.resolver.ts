/** An agency corrects how it is reached. */
import { Arg, Ctx, Directive, Field, InputType, Mutation, Resolver } from "type-graphql";
import { invalidate } from "../kit/invalidation.ts";
import { readContact, updateContact } from "./agency-change.ts";
import { Agency, toAgency } from "./agency.ts";
import { CatalogueTextInput } from "./catalogue-change.input.ts";
import { catalogueScope, requireCatalogueActor } from "./catalogue.actor.ts";
import type { ServicesContext } from "./context.ts";

@InputType({ description: "How an agency is reached, whole: what is left out is taken away." })
class AgencyContactInput {
  @Field(() => String, { nullable: true, description: "Its website: https://…" })
  website?: string | null;

  @Field(() => String, { nullable: true, description: "Its number, as dialled in the country." })
  phone?: string | null;

  @Field(() => String, { nullable: true, description: "Its e-mail address." })
  email?: string | null;

  @Field(() => String, { nullable: true, description: "Where its logo lies: https://…" })
  logo?: string | null;

  @Field(() => CatalogueTextInput, {
    nullable: true,
    description: "When it is open, 200 characters at most a language.",
  })
  hours?: CatalogueTextInput | null;
}

@Resolver()
export class AgencyChangeResolver {
  @Directive(`@requiresScopes(scopes: [["${catalogueScope}"]])`)
  @Mutation(() => Agency, {
    nullable: true,
    description: `Says how your agency is reached (scope ${catalogueScope}); everybody reads it at once. Null when the catalogue does not know your agency.`,
  })
  async changeAgencyContact(
    @Arg("contact", () => AgencyContactInput, { description: "All of it." })
    contact: AgencyContactInput,
    @Ctx() context: ServicesContext,
  ): Promise<Agency | null> {
    const actor = requireCatalogueActor(context.principal);
    const { website, phone, email, logo, hours } = contact;
    const said = readContact({
      website: website ?? null,
      phone: phone ?? null,
      email: email ?? null,
      logo: logo ?? null,
      hours: hours ? { en: hours.en, ar: hours.ar } : null,
    });
    if (!(await updateContact(context.db, actor, said))) return null;
    invalidate(context, "everything");
    context.loaders.agency.clear(actor.agencyId);
    return toAgency(actor.agencyId, context.loaders);
  }
}
