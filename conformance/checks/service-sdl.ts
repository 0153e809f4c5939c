/** Apollo Federation subgraph specification, `Query._service`: composition tools read the SDL there, unsigned. */
import { buildSubgraph } from "@apollo/federation-internals";
import { type Check, failed, passed } from "../check.ts";
import { describe, sdlQuery } from "../subject.ts";
import type { Exchange } from "../exchange.ts";

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

function sdlOf({ json }: Exchange): string | undefined {
  const service = json?.data?.["_service"] as { sdl?: unknown } | null | undefined;
  return typeof service?.sdl === "string" ? service.sdl : undefined;
}

export const serviceSdl: Check = {
  name: "service-sdl",
  rule: "`{ _service { sdl } }` is answered to everybody, with the SDL of a Federation 2 subgraph.",
  async run({ url, name, prepare, send }) {
    const { method, headers, body, ...rest } = prepare({ query: sdlQuery });
    const unsigned = { "content-type": headers["content-type"] ?? "" };
    const answer = await send({ ...rest, method, body, headers: unsigned });
    const sdl = sdlOf(answer);
    if (sdl === undefined) {
      const mend =
        "Answer it without asking for a signature: registries and composition read the SDL from here.";
      return failed(`${sdlQuery}, unsigned, got ${describe(answer)}`, mend);
    }
    try {
      const { schema } = buildSubgraph(name, url, sdl);
      return passed(`${sdl.length} characters, ${[...schema.types()].length} types`);
    } catch (error) {
      const mend =
        "Mend the SDL: it must be a valid subgraph by itself, with the `@link` of federation.";
      return failed(`the SDL is not one of a subgraph: ${reasonOf(error)}`, mend);
    }
  },
};
