/** Figures on the sharing of data as the graph shows them: of the city, of agencies, and by month. */
import { GraphQLLocalDate, GraphQLSafeInt } from "graphql-scalars";
import { Directive, Field, Float, Int, ObjectType } from "type-graphql";
import { type AccessLevel, accessLevels } from "./tables.ts";
import { AccessLevelEnum } from "./dataset-enums.ts";
import type {
  DatasetFigures as DatasetRow,
  GrantFigures as GrantRow,
  RequestFigures as RequestRow,
} from "./statistics.store.ts";
import type { AccessSumTable } from "./statistics.tables.ts";
import { Agency } from "./stubs.ts";

const inherited = () => Directive("@cacheControl(inheritMaxAge: true)");

@inherited()
@ObjectType({ description: "How many datasets are published at one access level." })
export class DatasetFigures {
  @Field(() => AccessLevelEnum, { description: "The access level." })
  accessLevel!: AccessLevel;

  @Field(() => Int, { description: "How many." })
  datasets!: number;
}

@inherited()
@ObjectType({
  description: "What came of requests for data, those counted that were made in the period.",
})
export class RequestFigures {
  @Field(() => Int, { description: "How many were made." })
  requests!: number;

  @Field(() => Int, { description: "How many of them wait for a decision." })
  waiting!: number;

  @Field(() => Int, { description: "How many were approved." })
  approved!: number;

  @Field(() => Int, { description: "How many were rejected." })
  rejected!: number;

  @Field(() => Int, { description: "How many were withdrawn." })
  withdrawn!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      "Half of the decisions came within so many hours of their request; null before the first.",
  })
  medianHoursToDecision!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "Nine of ten decisions came within so many hours; null before the first.",
  })
  p90HoursToDecision!: number | null;
}

@inherited()
@ObjectType({ description: "How many grants there are, as they stand now." })
export class GrantFigures {
  @Field(() => Int, { description: "Give access." })
  active!: number;

  @Field(() => Int, { description: "Are suspended." })
  suspended!: number;

  @Field(() => Int, { description: "Were revoked." })
  revoked!: number;

  @Field(() => Int, { description: "Have expired." })
  expired!: number;
}

@inherited()
@ObjectType({ description: "How often shared data was accessed." })
export class AccessFigures {
  @Field(() => GraphQLSafeInt, { description: "Accesses that were granted." })
  granted!: number;

  @Field(() => GraphQLSafeInt, { description: "Attempts that were refused." })
  refused!: number;

  @Field(() => GraphQLSafeInt, { description: "Rows, cells and figures that were handed over." })
  rows!: number;
}

@inherited()
@ObjectType({ description: "Accesses of one month by one agency to the data of another." })
export class AccessesOfMonth {
  @Field(() => GraphQLLocalDate, { description: "The first day of the month, in the city's time." })
  month!: string;

  @inherited()
  @Field(() => Agency, { nullable: true, description: "Who accessed; null when for no agency." })
  agency!: Agency | null;

  @inherited()
  @Field(() => Agency, {
    nullable: true,
    description: "Whose data; null when the grant that was named does not exist.",
  })
  publisher!: Agency | null;

  @inherited()
  @Field(() => AccessFigures, { description: "How often." })
  accesses!: AccessFigures;
}

@inherited()
@ObjectType({ description: "What one agency shares and is given." })
export class SharingOfAgency {
  @inherited()
  @Field(() => Agency, {
    nullable: true,
    description: "Which; null only while it is out of reach.",
  })
  agency!: Agency | null;

  @Field(() => Int, { description: "Datasets that it publishes." })
  datasets!: number;

  @inherited()
  @Field(() => RequestFigures, { description: "Requests for its data." })
  requests!: RequestFigures;

  @inherited()
  @Field(() => GrantFigures, { description: "Grants of its data." })
  grantsGiven!: GrantFigures;

  @inherited()
  @Field(() => GrantFigures, { description: "Grants that it has of the data of others." })
  grantsHeld!: GrantFigures;

  @inherited()
  @Field(() => AccessFigures, { description: "Accesses to its data." })
  accessesToItsData!: AccessFigures;

  @inherited()
  @Field(() => AccessFigures, { description: "Its accesses to the data of others." })
  accessesByIt!: AccessFigures;
}

@Directive("@cacheControl(maxAge: 300)")
@ObjectType({
  description: "Figures for reports on openness. They tell of agencies, and of no person.",
})
export class SharingStatistics {
  @Field(() => Int, { description: "Datasets in the catalogue." })
  datasets!: number;

  @Field(() => Int, { description: "How many of them can be queried under a grant." })
  queryableDatasets!: number;

  @inherited()
  @Field(() => [DatasetFigures], { description: "By access level." })
  byAccessLevel!: readonly DatasetFigures[];

  @inherited()
  @Field(() => RequestFigures, { description: "Requests of the period." })
  requests!: RequestFigures;

  @inherited()
  @Field(() => GrantFigures, { description: "All grants." })
  grants!: GrantFigures;

  @inherited()
  @Field(() => AccessFigures, { description: "Accesses of the period's months." })
  accesses!: AccessFigures;

  @inherited()
  @Field(() => [SharingOfAgency], {
    description: "By agency, of those that share or are given anything; by id.",
  })
  byAgency!: readonly SharingOfAgency[];

  @inherited()
  @Field(() => [AccessesOfMonth], { description: "By month, then by agency and publisher." })
  byMonth!: readonly AccessesOfMonth[];
}

const as = <T extends object>(type: new () => T, given: T): T => Object.assign(new type(), given);
const total = <Row>(rows: readonly Row[], of: (row: Row) => bigint): number =>
  Number(rows.reduce((sum, row) => sum + of(row), 0n));
const agencyOrNull = (id: string): Agency | null => (id === "" ? null : Agency.of(id));

const hours = (seconds: number | null): number | null =>
  seconds === null ? null : Math.round(seconds / 36) / 100;

const toAccesses = (rows: readonly AccessSumTable[]): AccessFigures =>
  as(AccessFigures, {
    granted: total(rows, (row) => row.granted),
    refused: total(rows, (row) => row.refused),
    rows: total(rows, (row) => row.rows_given),
  });

const toGrants = (rows: readonly GrantRow[]): GrantFigures =>
  as(GrantFigures, {
    active: total(rows, (row) => row.active),
    suspended: total(rows, (row) => row.suspended),
    revoked: total(rows, (row) => row.revoked),
    expired: total(rows, (row) => row.expired),
  });

const toRequests = (row: RequestRow | undefined): RequestFigures =>
  as(RequestFigures, {
    requests: Number(row?.requests ?? 0),
    waiting: Number(row?.waiting ?? 0),
    approved: Number(row?.approved ?? 0),
    rejected: Number(row?.rejected ?? 0),
    withdrawn: Number(row?.withdrawn ?? 0),
    medianHoursToDecision: hours(row?.median_seconds ?? null),
    p90HoursToDecision: hours(row?.p90_seconds ?? null),
  });

/** What the statements of statistics.store.ts found. */
export type Figures = {
  readonly datasets: readonly DatasetRow[];
  readonly requests: readonly RequestRow[];
  readonly grants: readonly GrantRow[];
  readonly accesses: readonly AccessSumTable[];
};

function toSharingOfAgency(
  id: string,
  { datasets, requests, grants, accesses }: Figures,
): SharingOfAgency {
  return as(SharingOfAgency, {
    agency: Agency.of(id),
    datasets: total(
      datasets.filter((row) => row.publisher_id === id),
      (row) => row.datasets,
    ),
    requests: toRequests(requests.find((row) => row.publisher_id === id)),
    grantsGiven: toGrants(grants.filter((row) => row.publisher_id === id)),
    grantsHeld: toGrants(grants.filter((row) => row.agency_id === id)),
    accessesToItsData: toAccesses(accesses.filter((row) => row.publisher_id === id)),
    accessesByIt: toAccesses(accesses.filter((row) => row.agency_id === id)),
  });
}

export function toSharingStatistics(figures: Figures): SharingStatistics {
  const { datasets, requests, grants, accesses } = figures;
  const agencies = new Set([
    ...datasets.map((row) => row.publisher_id),
    ...grants.flatMap((row) => [row.agency_id, row.publisher_id]),
    ...accesses.flatMap((row) => [row.agency_id, row.publisher_id]),
  ]);
  agencies.delete("");
  return as(SharingStatistics, {
    datasets: total(datasets, (row) => row.datasets),
    queryableDatasets: total(datasets, (row) => row.products),
    byAccessLevel: accessLevels.map((accessLevel) =>
      as(DatasetFigures, {
        accessLevel,
        datasets: total(
          datasets.filter((row) => row.access_level === accessLevel),
          (row) => row.datasets,
        ),
      }),
    ),
    requests: toRequests(requests.find((row) => row.publisher_id === null)),
    grants: toGrants(grants),
    accesses: toAccesses(accesses),
    byAgency: [...agencies].toSorted().map((id) => toSharingOfAgency(id, figures)),
    byMonth: accesses.map((row) =>
      as(AccessesOfMonth, {
        month: row.month,
        agency: agencyOrNull(row.agency_id),
        publisher: agencyOrNull(row.publisher_id),
        accesses: toAccesses([row]),
      }),
    ),
  });
}
