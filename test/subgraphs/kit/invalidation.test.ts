import { composeServices } from "@apollo/composition";
import { parse } from "graphql";
import {
  Arg,
  Ctx,
  Directive,
  Field,
  ID,
  Mutation,
  ObjectType,
  Query,
  Resolver,
} from "type-graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BaseContext, defineSubgraph } from "../../../subgraphs/kit/define-subgraph.ts";
import { createInvalidations, invalidate } from "../../../subgraphs/kit/invalidation.ts";
import { printSubgraphSdl } from "../../../subgraphs/kit/schema.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

@Directive('@key(fields: "id")')
@Directive('@cacheTag(format: "note-{$key.id}")')
@Directive("@cacheControl(maxAge: 60)")
@ObjectType({ description: "A note." })
class Note {
  @Field(() => ID, { description: "Its id." })
  id!: string;
}

const note = (id: string): Note => Object.assign(new Note(), { id });

@Resolver()
class NoteResolver {
  @Directive('@cacheTag(format: "notes")')
  @Directive("@cacheControl(maxAge: 60)")
  @Query(() => [Note], { description: "All notes." })
  notes(): Note[] {
    return [note("note-1")];
  }

  @Mutation(() => Note, { nullable: true, description: "Changes a note." })
  change(@Arg("id", () => ID) id: string, @Ctx() context: BaseContext<unknown>): Note {
    invalidate(context, { type: "Note", key: { id } }, { cacheTag: "notes" });
    return note(id);
  }

  @Mutation(() => Note, { nullable: true, description: "Changes all notes." })
  changeAll(@Ctx() context: BaseContext<unknown>): Note {
    invalidate(context, { type: "Note" }, "everything");
    return note("note-1");
  }

  @Mutation(() => Note, { nullable: true, description: "Fails." })
  fail(): Note {
    throw new Error("no");
  }
}

const subgraph = defineSubgraph({
  name: "notes",
  resolvers: [NoteResolver],
  orphanedTypes: [],
  references: { Note: ({ id }) => note(String(id)) },
  extensions: [],
  migrations: {},
  seed: async () => {},
  createContext: (base) => base,
});

const changed = [
  { kind: "entity", subgraph: "notes", type: "Note", key: { id: "note-7" } },
  { kind: "cache_tag", subgraphs: ["notes"], cache_tag: "notes" },
];

describe("what a mutation made stale", () => {
  let notes: StartedSubgraph;
  beforeAll(async () => {
    notes = await startSubgraph(subgraph);
  });
  afterAll(() => notes[Symbol.asyncDispose]());

  const extensionsOf = async (query: string) => {
    const answer = (await notes.ask(query)) as { extensions?: { invalidation?: unknown } };
    return answer.extensions;
  };

  test("leaves with its answer, in the shape of Apollo Router's invalidation requests", async () => {
    const extensions = await extensionsOf('mutation { change(id: "note-7") { id } }');
    expect(extensions).toEqual({ invalidation: changed });
  });

  test("is said once, in the order of its naming, for all mutations of a request", async () => {
    const extensions = await extensionsOf(
      'mutation { a: change(id: "note-7") { id } changeAll { id } b: change(id: "note-7") { id } }',
    );
    expect(extensions?.invalidation).toEqual([
      ...changed,
      { kind: "type", subgraph: "notes", type: "Note" },
      { kind: "subgraph", subgraph: "notes" },
    ]);
  });

  test("is said even when a later field failed, for the earlier one did its work", async () => {
    const extensions = await extensionsOf('mutation { change(id: "note-7") { id } fail { id } }');
    expect(extensions?.invalidation).toEqual(changed);
  });

  test("is not mentioned where nothing changed", async () => {
    expect(await extensionsOf("{ notes { id } }")).toBeUndefined();
    expect(await extensionsOf("mutation { fail { id } }")).toBeUndefined();
  });

  test("is kept apart by request", () => {
    const [one, other] = [createInvalidations("notes"), createInvalidations("notes")];
    one.add(["everything"]);
    expect([one.list().length, other.list().length]).toEqual([1, 0]);
  });
});

test("tags of types and root fields reach the composed graph", () => {
  const sdl = printSubgraphSdl(subgraph);
  const { supergraphSdl, errors } = composeServices([
    { name: "notes", url: "http://notes", typeDefs: parse(sdl) },
  ]);
  expect(errors).toBeUndefined();
  for (const format of ["note-{$key.id}", "notes"]) {
    expect(supergraphSdl).toContain(`name: "federation__cacheTag", args: {format: "${format}"}`);
  }
});
