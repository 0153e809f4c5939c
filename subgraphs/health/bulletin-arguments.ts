/** Arguments of the fields that list bulletins, as clients give them. */
import { ArgsType, Field, InputType } from "type-graphql";
import { PageArguments } from "../kit/pagination.ts";
import { DateTime } from "../kit/scalars.ts";
import { BulletinAudienceEnum, BulletinSeverityEnum } from "./bulletin-enums.ts";
import type { BulletinAudience, BulletinSeverity } from "./tables.ts";

@InputType({ description: "Which bulletins; everything that is given must hold." })
export class BulletinFilter {
  @Field(() => [BulletinSeverityEnum], {
    nullable: true,
    description: "Of one of these severities; an empty list finds nothing.",
  })
  severities?: BulletinSeverity[] | null;

  @Field(() => [BulletinAudienceEnum], {
    nullable: true,
    description: "For one of these audiences; an empty list finds nothing.",
  })
  audiences?: BulletinAudience[] | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      "That hold at this moment: within their validity, and not replaced by one that holds.",
  })
  holdingAt?: Date | null;
}

@ArgsType()
export class BulletinsArguments extends PageArguments {
  @Field(() => BulletinFilter, { nullable: true, description: "Which bulletins; all without it." })
  filter?: BulletinFilter | null;
}
