import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { listen } from "../../platform/listen.ts";
import { createServer as createHttpServer } from "node:http";
import { choosePort, findPortProblems, portVariable } from "../../tools/ports.ts";
import { freePorts } from "../support/free-ports.ts";

describe("the port of a process", () => {
  test.each([
    ["health", "HEALTH_PORT"],
    ["data-sharing", "DATA_SHARING_PORT"],
    ["gateway", "GATEWAY_PORT"],
  ])("of %s is changed by %s", (name, variable) => {
    expect(portVariable(name)).toBe(variable);
    expect(choosePort(name, 4001, { [variable]: "5001" })).toEqual({ name, port: 5001, variable });
  });

  test("is the one of rover.yaml when its variable is not set, or empty", () => {
    expect(choosePort("health", 4003, {}).port).toBe(4003);
    expect(choosePort("health", 4003, { HEALTH_PORT: "" }).port).toBe(4003);
  });

  test.each(["0", "-1", "65536", "80.5", "http", "0x50", "4000 "])(
    "is refused when the variable holds %j, and the message names the variable",
    (value) => {
      expect(() => choosePort("health", 4003, { HEALTH_PORT: value })).toThrow(
        `HEALTH_PORT must be a port from 1 to 65535, not "${value}".`,
      );
    },
  );

  test("is asked for when rover.yaml names none", () => {
    expect(() => choosePort("health", 0, {})).toThrow(
      "rover.yaml names no port of health: set HEALTH_PORT.",
    );
  });
});

describe("before anything is started", () => {
  const host = "127.0.0.1";

  test("free ports are no problem, and are free afterwards", async () => {
    const ports = (await freePorts(2)).map((port, index) => choosePort(`p${index}`, port, {}));
    expect(await findPortProblems(host, ports)).toEqual([]);
    expect(await findPortProblems(host, ports)).toEqual([]);
  });

  test("every taken port is named with who needs it and the variable that changes it", async () => {
    const server = createHttpServer();
    const taken = await listen(server, { host, port: 0, portSetting: "it" });
    const [free = 0] = await freePorts(1);
    const problems = await findPortProblems(host, [
      choosePort("health", taken, {}),
      choosePort("services", free, {}),
    ]);
    server.close();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(
      new RegExp(
        `^Port ${taken}, which health would listen on, is taken\\. .* HEALTH_PORT=\\d+ npm start$`,
      ),
    );
  });

  test("a suggested port is a port", async () => {
    const server = createServer();
    const port = 65_000;
    const isListening = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, host, () => resolve(true));
    });
    const [problem] = await findPortProblems(host, [choosePort("health", port, {})]);
    if (isListening) server.close();
    expect(problem).toContain("HEALTH_PORT=64000");
  });

  test("two processes on one port are named, both", async () => {
    const ports = [choosePort("services", 4001, {}), choosePort("gateway", 4001, {})];
    expect(await findPortProblems(host, ports)).toEqual([
      "services and gateway would both listen on port 4001. Choose another by SERVICES_PORT or GATEWAY_PORT.",
    ]);
  });

  test("an address that is not this machine's is told", async () => {
    const [free = 0] = await freePorts(1);
    const [problem] = await findPortProblems("192.0.2.1", [choosePort("health", free, {})]);
    expect(problem).toContain("cannot be used (listen EADDRNOTAVAIL");
  });
});
