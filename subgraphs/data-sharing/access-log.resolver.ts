/** Reads of the access log: heads and proofs are open, entries are for those concerned. */
import { GraphQLError } from "graphql";
import { GraphQLSafeInt } from "graphql-scalars";
import { Arg, Args, Ctx, Directive, FieldResolver, Int, Query, Resolver, Root } from "type-graphql";
import { badUserInput, requirePrincipal } from "../kit/errors.ts";
import { type Connection, PageArguments, readPage, toConnection } from "../kit/pagination.ts";
import type { Principal } from "../../platform/principal.ts";
import {
  countEntriesOfAgency,
  findLastTreeHead,
  findTip,
  listEntriesOfAgency,
  listHashes,
  listTreeHeads,
} from "./access-log.store.ts";
import {
  AccessLog,
  type AccessLogRecord,
  AccessLogRecordConnection,
  ConsistencyProof,
  InclusionProof,
  SignedTreeHead,
  toAccessLogRecord,
  toSignedTreeHead,
} from "./access-log.ts";
import type { DataSharingContext } from "./context.ts";
import { proveConsistency, proveInclusion } from "./merkle-tree.rules.ts";

const privately = () => Directive("@cacheControl(maxAge: 0, scope: PRIVATE)");

/** Whose entries a principal sees: undefined for all of them. */
function agencyToShow(principal: Principal | undefined): string | undefined {
  const { kind, scopes, agencyId } = requirePrincipal(principal);
  if (kind === "operator" && scopes.includes("operations")) return undefined;
  if (kind === "agency" && agencyId !== undefined) return agencyId;
  throw new GraphQLError(
    "Entries are for agencies, which see those of their data and of their own accesses. What concerns a person is in `me { dataAccesses }`.",
    { extensions: { code: "FORBIDDEN" } },
  );
}

async function checkSize(name: string, size: number, context: DataSharingContext): Promise<void> {
  const end = (await findTip(context.db))?.sequence ?? 0;
  if (size >= 1 && size <= end) return;
  throw badUserInput(`\`${name}\` must be from 1 to ${end}, the size of the log, not ${size}.`);
}

@Resolver(() => AccessLog)
export class AccessLogResolver {
  @privately()
  @Query(() => AccessLog, {
    nullable: true,
    description: "The log of all access to shared data, with the proofs that it is whole.",
  })
  accessLog(@Ctx() { treeHeadKey }: DataSharingContext): AccessLog {
    return Object.assign(new AccessLog(), { publicKey: JSON.stringify(treeHeadKey.publicJwk) });
  }

  @privately()
  @FieldResolver(() => SignedTreeHead, {
    nullable: true,
    description: "The newest signed head; null while the log is empty.",
  })
  async treeHead(@Ctx() { db }: DataSharingContext): Promise<SignedTreeHead | null> {
    const row = await findLastTreeHead(db);
    return row ? toSignedTreeHead(row) : null;
  }

  @privately()
  @FieldResolver(() => [SignedTreeHead], {
    description: "Signed heads, from small trees to large.",
  })
  async treeHeads(
    @Arg("afterSize", () => GraphQLSafeInt, {
      defaultValue: 0,
      description: "Heads of larger trees than this.",
    })
    afterSize: number,
    @Arg("first", () => Int, { defaultValue: 20, description: "How many, from 0 to 100." })
    first: number,
    @Ctx() { db }: DataSharingContext,
  ): Promise<SignedTreeHead[]> {
    const { limit } = readPage({ first }, []);
    return (await listTreeHeads(db, afterSize, limit)).map(toSignedTreeHead);
  }

  @privately()
  @FieldResolver(() => InclusionProof, { description: "Proves that an entry is in the log." })
  async inclusionProof(
    @Arg("sequence", () => GraphQLSafeInt, { description: "The entry's place in the log, from 1." })
    sequence: number,
    @Arg("treeSize", () => GraphQLSafeInt, { description: "Size of a signed head's tree." })
    treeSize: number,
    @Ctx() context: DataSharingContext,
  ): Promise<InclusionProof> {
    await checkSize("treeSize", treeSize, context);
    if (sequence < 1 || sequence > treeSize) {
      throw badUserInput(`\`sequence\` must be from 1 to \`treeSize\`, not ${sequence}.`);
    }
    const leaves = await listHashes(context.db, { upTo: treeSize });
    return Object.assign(new InclusionProof(), {
      leafIndex: sequence - 1,
      treeSize,
      leafHash: leaves[sequence - 1],
      hashes: proveInclusion(leaves, sequence - 1),
    });
  }

  @privately()
  @FieldResolver(() => ConsistencyProof, {
    description: "Proves that nothing before was changed between two heads.",
  })
  async consistencyProof(
    @Arg("firstSize", () => GraphQLSafeInt, { description: "Size of the older head's tree." })
    firstSize: number,
    @Arg("secondSize", () => GraphQLSafeInt, { description: "Size of the newer head's tree." })
    secondSize: number,
    @Ctx() context: DataSharingContext,
  ): Promise<ConsistencyProof> {
    await checkSize("secondSize", secondSize, context);
    if (firstSize < 1 || firstSize > secondSize) {
      throw badUserInput(`\`firstSize\` must be from 1 to \`secondSize\`, not ${firstSize}.`);
    }
    const leaves = await listHashes(context.db, { upTo: secondSize });
    return Object.assign(new ConsistencyProof(), {
      firstSize,
      secondSize,
      hashes: proveConsistency(leaves, firstSize),
    });
  }

  @Directive("@authenticated")
  @privately()
  @FieldResolver(() => AccessLogRecordConnection, {
    nullable: true,
    description:
      "Entries, the newest first: an agency sees its own accesses and those to its datasets, operators see all.",
  })
  async entries(
    @Args(() => PageArguments) given: PageArguments,
    @Ctx() { db, principal }: DataSharingContext,
    @Root() _log: AccessLog,
  ): Promise<Connection<AccessLogRecord>> {
    const agencyId = agencyToShow(principal);
    const page = readPage(given, ["number"]);
    const before = page.after?.[0] as number | undefined;
    if (before !== undefined && !Number.isSafeInteger(before)) {
      throw badUserInput("`after` is not a cursor of this list: pass an `endCursor` unchanged.");
    }
    return toConnection({
      rows: await listEntriesOfAgency(db, agencyId, before, page.limit + 1),
      page,
      keysOf: ({ entry }) => [entry.sequence],
      toNode: toAccessLogRecord,
      count: () => countEntriesOfAgency(db, agencyId),
    });
  }
}
