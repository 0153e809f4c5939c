/**
 * Agency, as clients see it. It holds its id and loads the rest when a field other than the id is
 * asked, so that `service { agency { id } }` costs no statement.
 */
import { Directive, Field, ID, ObjectType } from "type-graphql";
import { connectionOf } from "../kit/pagination.ts";
import { localized, LocalizedText } from "../kit/scalars.ts";
import { AgencyKindEnum, EvidenceLevelEnum } from "./catalogue-enums.ts";
import { loadExisting, type Loaders } from "./loaders.ts";
import type { AgencyKind, AgencyTable, EvidenceLevel } from "./tables.ts";

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 300)")
@ObjectType({ description: "A public or private body that offers services." })
export class Agency {
  @Field(() => ID, { description: "Stable readable id, for example dewa." })
  id!: string;

  load!: () => Promise<AgencyTable>;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "Its official name." })
  async name(): Promise<LocalizedText> {
    const { name_en, name_ar } = await this.load();
    return localized(name_en, name_ar);
  }

  @Field(() => AgencyKindEnum, { description: "Who stands behind it." })
  async kind(): Promise<AgencyKind> {
    return (await this.load()).kind;
  }

  @Field(() => String, {
    nullable: true,
    description: "Address of its website, not checked with the agency; null when none is known.",
  })
  async website(): Promise<string | null> {
    return (await this.load()).website;
  }

  @Field(() => String, {
    nullable: true,
    description:
      "Its telephone number as it is dialled within the country, for example 04 601 9999 or 901, not checked with the agency; null when none is known.",
  })
  async phone(): Promise<string | null> {
    return (await this.load()).phone;
  }

  @Field(() => String, {
    nullable: true,
    description: "Where to write to it by e-mail; null when the agency has not said.",
  })
  async email(): Promise<string | null> {
    return (await this.load()).email;
  }

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, {
    nullable: true,
    description:
      "When its counters or its telephone are open, as text for people. Sample data in the seed; null where nothing is said about it.",
  })
  async hours(): Promise<LocalizedText | null> {
    const { hours_en, hours_ar } = await this.load();
    return hours_en !== null && hours_ar !== null ? localized(hours_en, hours_ar) : null;
  }

  @Field(() => String, {
    nullable: true,
    description:
      "Address of its logo on the web; null until the agency gives one, since a mark is its owner's to give.",
  })
  async logo(): Promise<string | null> {
    return (await this.load()).logo;
  }

  @Field(() => EvidenceLevelEnum, {
    description: "How sure it is that the agency took part in the city's real app.",
  })
  async evidence(): Promise<EvidenceLevel> {
    return (await this.load()).evidence;
  }
}

/** The agency of an id that is known to be there. */
export const toAgency = (id: string, loaders: Loaders): Agency =>
  Object.assign(new Agency(), { id, load: () => loadExisting(loaders.agency, id) });

export const { Connection: AgencyConnection } = connectionOf("Agency", () => Agency);
