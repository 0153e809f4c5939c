/** Who answers in place of what is live: this repository's subgraph, or made-up data. */
import { expect, test } from "vitest";
import { createLiveParts } from "../../../tools/dev/live-parts.ts";
import type { LiveSdl } from "../../../tools/dev/live-sdls.ts";

const sdlOf = (field: string) => `type Query { ${field}: String }`;
const part = (name: string) => ({ name, url: `http://${name}.here/`, sdl: sdlOf(name) });

function stage(live: readonly LiveSdl[], toMock: readonly string[] = []) {
  const said: string[] = [];
  let mocks = 0;
  const state = { live };
  const parts = createLiveParts({
    read: async () => state.live,
    here: [part("services"), part("payments")],
    toMock,
    async startMock() {
      mocks += 1;
      const url = `http://mock-${mocks}/`;
      return { url, serve() {}, async [Symbol.asyncDispose]() {} };
    },
    say: (line) => said.push(line),
  });
  return { state, said, parts };
}

test("whose live SDL is this repository's is run here, blanks and comments aside; the others are mocked", async () => {
  const { said, parts } = stage([
    { name: "services", sdl: `# As published.\n${sdlOf("services").replaceAll(" ", "  ")}` },
    { name: "payments", sdl: sdlOf("newer") },
    { name: "parking", sdl: sdlOf("parking") },
  ]);
  const { runHere, read } = await parts;
  expect(runHere).toEqual(["services"]);
  expect((await read()).map(({ name, url }) => [name, url])).toEqual([
    ["services", "http://services.here/"],
    ["payments", "http://mock-1/"],
    ["parking", "http://mock-2/"],
  ]);
  await read();
  expect(said).toEqual([
    '"payments" is answered by made-up data: its live SDL is not what this repository has.',
    '"parking" is answered by made-up data: this repository cannot run it.',
  ]);
});

test("what this repository has but is not live is not there", async () => {
  const { parts } = stage([{ name: "services", sdl: sdlOf("services") }]);
  expect((await (await parts).read()).map(({ name }) => name)).toEqual(["services"]);
});

test("what is to be mocked is mocked, though this repository has it; it has to be live", async () => {
  const live = [{ name: "services", sdl: sdlOf("services") }];
  const { parts } = stage(live, ["services"]);
  const { runHere, read } = await parts;
  expect(runHere).toEqual([]);
  expect((await read())[0]?.url).toBe("http://mock-1/");
  await expect(stage(live, ["tolls"]).parts).rejects.toThrow(
    /no "tolls" live: .*--mock tolls=FILE/,
  );
});

test("a launch brings a new subgraph as a mock, and keeps the mocks that there are", async () => {
  const parking = { name: "parking", sdl: sdlOf("parking") };
  const { state, parts } = stage([parking]);
  const { read } = await parts;
  await read();
  state.live = [
    { name: "libraries", sdl: sdlOf("libraries") },
    { ...parking, sdl: sdlOf("lots") },
  ];
  expect((await read()).map(({ name, url, sdl }) => [name, url, sdl])).toEqual([
    ["libraries", "http://mock-2/", sdlOf("libraries")],
    ["parking", "http://mock-1/", sdlOf("lots")],
  ]);
});

test("a launch of another SDL of what is run here is told once, with what to do", async () => {
  const { state, said, parts } = stage([{ name: "services", sdl: sdlOf("services") }]);
  const { read } = await parts;
  state.live = [{ name: "services", sdl: sdlOf("newer") }];
  expect((await read())[0]).toMatchObject({ url: "http://services.here/", sdl: sdlOf("newer") });
  await read();
  expect(said).toEqual([expect.stringMatching(/^"services" .*start again to have it mocked/)]);
});
