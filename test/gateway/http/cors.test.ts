import { describe, expect, it } from "vitest";
import { createCors } from "../../../gateway/http/cors.ts";
import { post, startPlainServer } from "./plain-server.ts";

const app = "https://app.example";
const other = "https://other.example";
const query = { query: "{ hello }" };

const preflight = (url: string, origin: string): Promise<Response> =>
  fetch(url, {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": "POST" },
  });

describe("cross-origin sharing", () => {
  it("is given to no page by default", async () => {
    await using server = await startPlainServer();
    const response = await post(server.url, query, { origin: app });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect(response.headers.get("vary")).toBe("accept, accept-encoding");
    const asked = await preflight(server.url, app);
    expect(asked.status).toBe(204);
    expect(asked.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("lets a listed page read answers, refusals too, and tells caches that answers differ", async () => {
    await using server = await startPlainServer({}, { cors: { origins: [app] } });
    for (const body of [query, {}]) {
      const response = await post(server.url, body, { origin: app });
      expect(response.headers.get("access-control-allow-origin")).toBe(app);
      expect(response.headers.get("access-control-expose-headers")).toBe("x-request-id");
      expect(response.headers.get("access-control-allow-credentials")).toBeNull();
      expect(response.headers.get("vary")).toBe("accept, accept-encoding, origin");
    }
    const refused = await post(server.url, query, { origin: other });
    expect(refused.headers.get("access-control-allow-origin")).toBeNull();
    expect(refused.headers.get("vary")).toBe("accept, accept-encoding, origin");
  });

  it("answers a listed page's preflight with what it may send", async () => {
    const cors = {
      origins: [app],
      methods: ["POST"],
      requestHeaders: ["x-own"],
      maxAgeSeconds: 60,
    };
    await using server = await startPlainServer({}, { cors });
    const response = await preflight(server.url, app);
    expect(response.status).toBe(204);
    expect(await response.text()).toBe("");
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "access-control-allow-origin": app,
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "x-own",
      "access-control-max-age": "60",
      allow: "GET, POST, OPTIONS",
      vary: "origin",
    });
    const foreign = await preflight(server.url, other);
    expect(foreign.status).toBe(204);
    expect(foreign.headers.get("access-control-allow-methods")).toBeNull();
    expect(foreign.headers.get("vary")).toBe("origin");
  });

  it("lets every page read answers for *, which are then the same for all", async () => {
    await using server = await startPlainServer({}, { cors: { origins: ["*"] } });
    const response = await post(server.url, query, { origin: other });
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("vary")).toBe("accept, accept-encoding");
  });

  it("joins the answer's own vary to its own", async () => {
    await using server = await startPlainServer({
      execute: async () => ({
        body: '{"data":{}}',
        hasData: true,
        httpStatus: 200,
        headers: { Vary: "authorization", "Cache-Control": "private, max-age=5" },
        outcome: "ok",
        errorCodes: [],
      }),
    });
    const { headers } = await post(server.url, query);
    expect(headers.get("vary")).toBe("accept, accept-encoding, authorization");
    expect(headers.get("cache-control")).toBe("private, max-age=5");
  });

  it("allows credentials only when told to", () => {
    const headers = createCors({ origins: [app], credentials: true }).headersFor(app);
    expect(headers["access-control-allow-credentials"]).toBe("true");
  });

  it("refuses to start with every origin and credentials together", () => {
    expect(() => createCors({ origins: ["*"], credentials: true })).toThrow(
      /needs a list of origins/,
    );
  });

  it.each([
    "app.example",
    "https://app.example/",
    "https://app.example:443",
    "HTTPS://app.example",
  ])("refuses to start with %j, which no browser would ever send", (origin) => {
    expect(() => createCors({ origins: [origin] })).toThrow(/must read scheme:\/\/host/);
  });
});
