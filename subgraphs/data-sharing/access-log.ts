/** The access log as the graph shows it: entries for those concerned, heads and proofs for everybody. */
import canonicalize from "canonicalize";
import { GraphQLSafeInt } from "graphql-scalars";
import { Directive, Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { connectionOf } from "../kit/pagination.ts";
import { DateTime } from "../kit/scalars.ts";
import {
  type AccessOperation,
  accessOperations,
  type AccessOutcome,
  accessOutcomes,
  type HashedEntry,
} from "./access-log.rules.ts";
import type { TreeHeadRow } from "./access-log.store.ts";
import { Agency } from "./stubs.ts";

registerEnumType(accessOperations, {
  name: "AccessOperation",
  description: "What was attempted.",
  valuesConfig: {
    ROWS: { description: "To read rows." },
    COUNTS: { description: "To read a table of counts." },
    PRIVATE_AGGREGATE: { description: "To read a count or sum with noise." },
    REQUEST: { description: "To ask for data; only refused attempts are in the log." },
    SIGN: { description: "To sign an agreement; only refused attempts are in the log." },
  },
});

registerEnumType(accessOutcomes, {
  name: "AccessOutcome",
  description: "What came of an attempt.",
  valuesConfig: {
    GRANTED: { description: "The data was handed over." },
    REFUSED: { description: "Nothing was handed over." },
  },
});

const privately = () => Directive("@cacheControl(maxAge: 0, scope: PRIVATE)");

@privately()
@ObjectType({
  description:
    "One entry of the access log: who did what with which data, and what came of it. Never the data.",
})
export class AccessLogRecord {
  @Field(() => GraphQLSafeInt, { description: "Its place in the log, from 1, without a gap." })
  sequence!: number;

  @Field(() => DateTime, { description: "When; never before the entry before." })
  at!: Date;

  @personalData("IDENTITY", "To know who used whose data, and to prove it")
  @Field(() => String, { description: "Who asked: the id of the signed-in client or person." })
  actor!: string;

  @Field(() => Agency, { nullable: true, description: "For which agency; null when for none." })
  agency!: Agency | null;

  @Field(() => ID, { description: "The grant, request or agreement that was named." })
  subjectId!: string;

  @Field(() => ID, {
    nullable: true,
    description: "The dataset; null when the subject is unknown.",
  })
  datasetId!: string | null;

  @Field(() => String, { description: "The purpose that was stated." })
  purpose!: string;

  @Field(() => accessOperations, { description: "What was attempted." })
  operation!: AccessOperation;

  @Field(() => [String], { description: "The fields that were asked for." })
  fields!: readonly string[];

  @Field(() => Int, { description: "How many rows, cells or figures were handed over." })
  rowCount!: number;

  @Field(() => Int, { description: "How many cells were kept back for the sake of small groups." })
  suppressedCells!: number;

  @Field(() => accessOutcomes, { description: "What came of it." })
  outcome!: AccessOutcome;

  @Field(() => String, {
    nullable: true,
    description: "The code of the refusal; null when granted.",
  })
  refusal!: string | null;

  @personalData("IDENTITY", "To know who used whose data, and to prove it")
  @Field(() => String, {
    description:
      "Canonical JSON (RFC 8785) of the whole entry: what is hashed, for an offline check.",
  })
  canonical!: string;

  @Field(() => String, {
    description: "SHA-256 in hexadecimal: the entry's leaf in the Merkle tree (RFC 9162).",
  })
  hash!: string;
}

export const { Connection: AccessLogRecordConnection } = connectionOf(
  "AccessLogRecord",
  () => AccessLogRecord,
);

@privately()
@ObjectType({ description: "The log's Merkle tree at a moment, signed by the city." })
export class SignedTreeHead {
  @Field(() => GraphQLSafeInt, { description: "How many entries the tree holds." })
  treeSize!: number;

  @Field(() => String, { description: "Root of the tree (RFC 9162), SHA-256 in hexadecimal." })
  rootHash!: string;

  @Field(() => DateTime, { description: "When it was signed." })
  at!: Date;

  @Field(() => String, {
    description:
      "Compact JWS (RFC 7515, Ed25519) of the three. Keep it elsewhere: it convicts any later rewrite.",
  })
  jws!: string;
}

@privately()
@ObjectType({ description: "That an entry is in the tree of a size (RFC 9162 section 2.1.3)." })
export class InclusionProof {
  @Field(() => GraphQLSafeInt, { description: "Index of the leaf, from 0: the sequence less 1." })
  leafIndex!: number;

  @Field(() => GraphQLSafeInt, { description: "Size of the tree." })
  treeSize!: number;

  @Field(() => String, { description: "Hash of the leaf." })
  leafHash!: string;

  @Field(() => [String], { description: "The hashes beside the path from leaf to root." })
  hashes!: readonly string[];
}

@privately()
@ObjectType({
  description: "That a tree only appended to a smaller one (RFC 9162 section 2.1.4).",
})
export class ConsistencyProof {
  @Field(() => GraphQLSafeInt, { description: "Size of the smaller tree." })
  firstSize!: number;

  @Field(() => GraphQLSafeInt, { description: "Size of the larger tree." })
  secondSize!: number;

  @Field(() => [String], { description: "The hashes from which both roots follow." })
  hashes!: readonly string[];
}

@privately()
@ObjectType({
  description:
    "The log of every access to shared data and every refused attempt: a hash chain under a signed Merkle tree, so that no entry can be changed, dropped, moved or back-dated unnoticed.",
})
export class AccessLog {
  @Field(() => String, {
    description: "The public key that signs the heads: a JSON Web Key (RFC 7517, RFC 8037).",
  })
  publicKey!: string;
}

export const toAccessLogRecord = ({ entry, hash }: HashedEntry): AccessLogRecord =>
  Object.assign(new AccessLogRecord(), {
    ...entry,
    at: new Date(entry.at),
    agency: entry.agencyId === null ? null : Agency.of(entry.agencyId),
    canonical: canonicalize(entry) ?? "",
    hash,
  });

export const toSignedTreeHead = (row: TreeHeadRow): SignedTreeHead =>
  Object.assign(new SignedTreeHead(), {
    treeSize: Number(row.tree_size),
    rootHash: row.root_hash,
    at: row.at,
    jws: row.jws,
  });
