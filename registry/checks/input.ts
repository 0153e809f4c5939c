/** What every check is given: the SDL in question, the graph as it is and as it would be, and its use. */
import type { DocumentNode } from "graphql";
import type { Contract } from "../contracts/compose-contract.ts";
import type { GraphView } from "../graph-view.ts";
import type { Finding } from "../findings.ts";

export type MemberSdl = {
  readonly name: string;
  readonly owner: string;
  readonly routingUrl: string;
  readonly sdl: string;
};

export type Consent = {
  readonly coordinate: string;
  readonly grantedBy: string;
  readonly grantedTo: string;
};

export type FieldUse = {
  /** The contract that was asked; default: the whole graph. */
  readonly variant?: string;
  readonly coordinate: string;
  readonly client: string;
  readonly count: number;
};

export type Usage = {
  /** Within the last `periodDays`. */
  readonly fields: readonly FieldUse[];
  /** Whether use has been recorded for the whole period, so that absence means something. */
  readonly coversPeriod: boolean;
  readonly periodDays: number;
};

export type KnownOperation = {
  readonly name: string;
  readonly document: DocumentNode;
  /** Who asked it, when that was recorded. */
  readonly clients?: readonly string[];
};

/** A contract as it is launched and as it would be; undefined before its first launch. */
export type ContractViews = {
  readonly contract: Contract;
  readonly live: GraphView | undefined;
  readonly next: GraphView;
};

export type CheckInput = {
  readonly subgraph: MemberSdl;
  readonly document: DocumentNode;
  /** The other subgraphs of the graph. */
  readonly others: readonly MemberSdl[];
  /** The graph as it is live, this subgraph's SDL of today included; in the order of registration. */
  readonly liveMembers: readonly MemberSdl[];
  readonly consents: readonly Consent[];
  /** undefined before the first launch. */
  readonly live: GraphView | undefined;
  readonly next: GraphView;
  readonly usage: Usage;
  readonly operations: readonly KnownOperation[];
};

export type Check = (input: CheckInput) => Promise<readonly Finding[]> | readonly Finding[];
