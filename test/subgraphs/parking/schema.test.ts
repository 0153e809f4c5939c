import { readFile } from "node:fs/promises";
import { composeServices } from "@apollo/composition";
import { parse } from "graphql";
import { expect, test } from "vitest";
import { fromRoot } from "../../../platform/root.ts";
import { readRover } from "../../../schema/rover.ts";
import { printSubgraphSdl } from "../../../subgraphs/kit/schema.ts";
import { subgraph } from "../../../subgraphs/parking/subgraph.ts";

test("the schema of parking composes with the city's, which it is no part of", async () => {
  const { subgraphs } = await readRover(fromRoot("rover.yaml"));
  expect(subgraphs.map(({ name }) => name)).not.toContain("parking");
  const city = await Promise.all(
    subgraphs.map(async ({ name, routingUrl: url }) => {
      const sdl = await readFile(fromRoot(`schema/subgraphs/${name}.graphql`), "utf8");
      return { name, url, typeDefs: parse(sdl) };
    }),
  );
  const typeDefs = parse(printSubgraphSdl(subgraph));
  const parking = { name: subgraph.name, url: "http://parking.test", typeDefs };
  const { errors, supergraphSdl } = composeServices([...city, parking]);
  expect(errors).toBeUndefined();
  expect(supergraphSdl).toMatch(/parkingPermits: \[ParkingPermit!\] .*PARKING/);
});
