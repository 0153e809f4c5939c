/** An agency corrects opening hours: arguments → rules and store → the facility as it is then. */
import { Arg, Ctx, Directive, ID, Mutation, Resolver } from "type-graphql";
import type { HealthContext } from "./context.ts";
import { invalidate } from "../kit/invalidation.ts";
import { Facility, toFacility } from "./facility.ts";
import {
  hoursScope,
  maxHoursLength,
  readHours,
  requireHoursAgency,
  requireLicensedBy,
} from "./hours-correction.rules.ts";
import { correctHours } from "./hours-correction.store.ts";

@Resolver()
export class HoursCorrectionResolver {
  @Directive(`@requiresScopes(scopes: [["${hoursScope}"]])`)
  @Mutation(() => Facility, {
    nullable: true,
    description:
      "Replaces the opening hours of a facility by what the agency that licensed it says; they are no sample from then on. Null when there is no such facility. The later of two corrections holds; whoever reads after the answer reads the new hours.",
  })
  async correctFacilityHours(
    @Arg("facilityId", () => ID, { description: "The facility, for example dha-0000035." })
    facilityId: string,
    @Arg("hours", () => String, {
      description: `In the grammar of \`OpeningHours.text\`, up to ${maxHoursLength} characters. A text that does not parse is refused; \`extensions.position\` tells where.`,
    })
    hours: string,
    @Arg("ramadanHours", () => String, {
      nullable: true,
      description:
        "As `hours`, for the days of Ramadan; nothing differs then when it is left out or null.",
    })
    ramadanHours: string | null | undefined,
    @Ctx() context: HealthContext,
  ): Promise<Facility | null> {
    const { db, loaders, principal } = context;
    const agencyId = requireHoursAgency(principal);
    const stored = readHours(hours, ramadanHours ?? null);
    const facility = await loaders.facility.load(facilityId);
    if (!facility) return null;
    requireLicensedBy(agencyId, facility);
    const corrected = await correctHours(db, facility, stored);
    // A later field of the same operation reads the facility as it is now.
    loaders.facility.clear(facilityId);
    // Of all of them: lists of what is open may have one more, or one less.
    if (corrected) invalidate(context, { type: "Facility" });
    return corrected ? toFacility(corrected) : null;
  }
}
