/** What a map asks for and gets: its box, and clusters of facilities. */
import {
  ArgsType,
  Ctx,
  Directive,
  Field,
  Float,
  ID,
  InputType,
  Int,
  ObjectType,
} from "type-graphql";
import type { HealthContext } from "./context.ts";
import { FacilitiesArguments, FacilityFilter } from "./facility-arguments.ts";
import { Facility, Location, toFacility } from "./facility.ts";
import { maxCells, maxZoom } from "./map.rules.ts";
import type { ClusterRow } from "./map.store.ts";

@InputType({
  description:
    "The part of the earth that a map shows, in degrees (WGS 84). A box with west greater than east crosses the antimeridian.",
})
export class BoxInput {
  @Field(() => Float, { description: "Southern side, from -90 to 90; not above north." })
  south!: number;

  @Field(() => Float, { description: "Western side, from -180 to 180." })
  west!: number;

  @Field(() => Float, { description: "Northern side, from -90 to 90." })
  north!: number;

  @Field(() => Float, { description: "Eastern side, from -180 to 180." })
  east!: number;
}

@ArgsType()
export class FacilitiesInBoxArguments extends FacilitiesArguments {
  @Field(() => BoxInput, { description: "What the map shows; its sides belong to it." })
  box!: BoxInput;
}

@ArgsType()
export class FacilityClustersArguments {
  @Field(() => BoxInput, { description: "What the map shows; its sides belong to it." })
  box!: BoxInput;

  @Field(() => Int, {
    description: `Zoom of the map, from 0 (the whole earth in one tile) to ${maxZoom}. A cluster is a cell of 90° / 2^zoom; the box may hold up to ${maxCells} cells.`,
  })
  zoom!: number;

  @Field(() => FacilityFilter, { nullable: true, description: "Which facilities; all without it." })
  filter?: FacilityFilter | null;
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({
  description:
    "Facilities of one cell of a map's grid. The grid is the same for every box, so clusters stay where they are while the map moves; only at the box's edge a cell counts what the box shows of it.",
})
export class FacilityCluster {
  @Field(() => ID, { description: "Zoom, row and column of the cell: the same in every answer." })
  id!: string;

  @Field(() => Int, { description: "How many facilities; at least 1." })
  count!: number;

  @Field(() => Location, { description: "Their middle: the mean of their places." })
  location!: Location;

  onlyId!: string | null;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => Facility, {
    nullable: true,
    description: "The facility when there is only one, to be shown as itself; null otherwise.",
  })
  async facility(@Ctx() { loaders }: HealthContext): Promise<Facility | null> {
    const row = this.onlyId === null ? null : await loaders.facility.load(this.onlyId);
    return row && toFacility(row);
  }
}

export const toCluster =
  (zoom: number) =>
  ({ row, column, total, latitude, longitude, only_id }: ClusterRow): FacilityCluster =>
    Object.assign(new FacilityCluster(), {
      id: `${zoom}/${row}/${column}`,
      count: Number(total),
      location: Object.assign(new Location(), { latitude, longitude }),
      onlyId: only_id,
    });
