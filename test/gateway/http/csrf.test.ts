import { request } from "undici";
import { describe, expect, it } from "vitest";
import { mayBeForged } from "../../../gateway/http/csrf.ts";
import { startPlainServer } from "./plain-server.ts";

const app = "https://app.example";
const isForged = (headers: Record<string, string>) =>
  mayBeForged({ host: "graph.example", ...headers }, (origin) => origin === app);

describe("a simple request, which a browser sends without asking first", () => {
  it.each(["cross-site", "same-site", "anything-new"])("is refused from %s", (site) => {
    expect(isForged({ "sec-fetch-site": site })).toBe(true);
  });

  it.each(["same-origin", "none"])("is let through from %s", (site) => {
    expect(isForged({ "sec-fetch-site": site })).toBe(false);
  });

  it("is judged by what the browser says of itself before the origin", () => {
    expect(isForged({ "sec-fetch-site": "cross-site", origin: "https://graph.example" })).toBe(
      true,
    );
  });

  it.each(["https://evil.example", "null", "https://graph.example.evil.example", "not a url"])(
    "of an older browser is refused from origin %s",
    (origin) => {
      expect(isForged({ origin })).toBe(true);
    },
  );

  it.each([app, "https://graph.example", "http://graph.example"])(
    "of an older browser is let through from origin %s",
    (origin) => {
      expect(isForged({ origin })).toBe(false);
    },
  );

  it("is let through when no browser sent it", () => {
    expect(isForged({})).toBe(false);
    expect(isForged({ "content-type": "text/plain" })).toBe(false);
  });

  it.each([
    "text/plain",
    "text/plain; application/json",
    "message/rfc822",
    "",
    "application/jsonx",
  ])("does not become another by content type %j", (type) => {
    expect(isForged({ "sec-fetch-site": "cross-site", "content-type": type })).toBe(true);
  });
});

describe("a request that had to ask first", () => {
  it.each([
    { "apollo-require-preflight": "1" },
    { "x-apollo-operation-name": "Home" },
    { "content-type": "application/json" },
    { "content-type": "Application/JSON; charset=utf-8" },
  ])("is let through from anywhere: %j", (headers) => {
    expect(
      isForged({ "sec-fetch-site": "cross-site", origin: "https://evil.example", ...headers }),
    ).toBe(false);
  });
});

describe("the endpoint", () => {
  it("refuses a foreign page's GET and form before anything is executed", async () => {
    let executed = 0;
    await using server = await startPlainServer({
      execute: async () => {
        executed += 1;
        return { body: "{}", hasData: true, httpStatus: 200, outcome: "ok", errorCodes: [] };
      },
    });
    const foreign = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
    const get = await request(`${server.url}?query=%7Bhello%7D`, { headers: foreign });
    const form = await request(server.url, {
      method: "POST",
      headers: { ...foreign, "content-type": "text/plain" },
      body: '{"query":"{ hello }"}',
    });
    expect([get.statusCode, form.statusCode]).toEqual([403, 403]);
    const { errors } = (await get.body.json()) as any;
    expect(errors[0].extensions.code).toBe("CSRF_REFUSED");
    expect(errors[0].message).toContain("apollo-require-preflight");
    await form.body.dump();
    expect(executed).toBe(0);
  });
});
