import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { databases } from "../support/databases.ts";
import { bills, openRegistry, parking } from "./registry-room.ts";

describe.each(databases)("credentials on $kind", (database) => {
  async function twoAgencies() {
    const room = await openRegistry(database);
    await room.register("bills", "dewa");
    await room.register("parking", "rta");
    await room.publish("bills", bills());
    return room;
  }

  it("reach the subgraphs they name, and the refusal is audited", async () => {
    await using room = await twoAgencies();
    const { token, id } = await room.credential("rta", "parking");
    expect((await room.publish("parking", parking(), token)).status).toBe(200);
    const refused = await room.publish("bills", bills("x: Int"), token);
    expect(refused.status).toBe(403);
    expect(refused.json.error.message).toContain("it reaches parking");
    const [entry] = (await room.call("GET", "/audit?limit=1")).json.entries;
    expect(entry).toMatchObject({ action: "ACCESS_REFUSED", subject: "/publish" });
    expect(entry.actor).toContain(id);
  });

  it("are issued for an agency's own subgraphs only", async () => {
    await using room = await twoAgencies();
    const body = { kind: "AGENCY", label: "x", agency: "rta", subgraphs: ["bills"] };
    const refused = await room.call("POST", "/credentials", { body });
    expect([refused.status, refused.json.error.code]).toEqual([400, "BAD_REQUEST"]);
  });

  it("are kept as hashes: no table holds a secret", async () => {
    await using room = await twoAgencies();
    const { token } = await room.credential("rta", "parking");
    const secret = token.split(".")[1] ?? "";
    const { rows } = await sql<{ text: string }>`
      select c::text as text from credential c union all select a::text from audit_entry a`.execute(
      room.db,
    );
    expect(rows.length).toBeGreaterThan(1);
    for (const { text } of rows) expect(text).not.toContain(secret);
    const listed = await room.call("GET", "/credentials");
    expect(listed.text).not.toContain(secret);
  });

  it("are rotated by their agency, and the old one works until the overlap is over", async () => {
    await using room = await twoAgencies();
    const old = await room.credential("rta", "parking");
    const body = { overlapHours: 2 };
    const path = `/credentials/${old.id}/rotate`;
    const next = (await room.call("POST", path, { body, token: old.token })).json;
    expect((await room.check("parking", parking(), next.token)).status).toBe(200);
    expect((await room.check("parking", parking(), old.token)).status).toBe(200);
    room.time.nowMs += 2 * 3_600_000;
    expect((await room.check("parking", parking(), old.token)).status).toBe(401);
    expect((await room.check("parking", parking(), next.token)).status).toBe(200);
    expect((await room.call("POST", path, { body })).status).toBe(409);
  });

  it("are revoked at once, by their agency or an operator, by no other agency", async () => {
    await using room = await twoAgencies();
    const rta = await room.credential("rta", "parking");
    const dewa = await room.credential("dewa", "bills");
    const path = `/credentials/${rta.id}`;
    expect((await room.call("DELETE", path, { token: dewa.token })).status).toBe(403);
    expect((await room.call("DELETE", path, { token: rta.token })).status).toBe(204);
    expect((await room.check("parking", parking(), rta.token)).status).toBe(401);
    expect((await room.call("DELETE", path)).status).toBe(204);
  });

  it("tell nothing about why they are not taken", async () => {
    await using room = await twoAgencies();
    const { id, token } = await room.credential("rta", "parking");
    const answers = await Promise.all(
      ["", "x", id, `${id}.x`, `${token}x`, "cred_0.abc"].map((wrong) =>
        room.call("GET", "/launches", { token: wrong }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  it("keep agencies from what is the operator's, and from supergraphs", async () => {
    await using room = await twoAgencies();
    const { token } = await room.credential("rta", "parking");
    const paths = ["/supergraph", "/audit", "/credentials", "/compositions/1"];
    const answers = await Promise.all(paths.map((path) => room.call("GET", path, { token })));
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    const accept = { accept: ["Bill.amount"] };
    expect((await room.publish("parking", parking(), token, accept)).status).toBe(403);
    const gateway = (
      await room.call("POST", "/credentials", { body: { kind: "GATEWAY", label: "g" } })
    ).json;
    expect((await room.publish("parking", parking(), gateway.token)).status).toBe(403);
    expect((await room.call("POST", "/rollback", { body: {}, token: gateway.token })).status).toBe(
      403,
    );
  });

  it("a subgraph's name stays with its agency", async () => {
    await using room = await twoAgencies();
    expect((await room.register("bills", "rta")).status).toBe(409);
    expect((await room.register("bills", "dewa")).status).toBe(201);
  });
});

describe("requests", () => {
  const [pglite] = databases;

  it("are answered by a code and a sentence when they are wrong", async () => {
    await using room = await openRegistry(pglite);
    const cases = [
      [await room.call("POST", "/check", { body: "{" }), 400, "not JSON"],
      [await room.call("POST", "/check", { body: {} }), 400, "subgraphs"],
      [await room.check("nowhere", "type Query { a: Int }"), 404, '"nowhere"'],
      [await room.call("GET", "/nothing"), 404, '"/nothing"'],
      [await room.call("GET", "/publish"), 405, "POST"],
      [await room.call("GET", "/launches?limit=0"), 400, "limit"],
      [await room.call("POST", "/check", { body: " ".repeat(9_000_000) }), 413, "bytes"],
    ] as const;
    for (const [answer, status, words] of cases) {
      expect(answer.status).toBe(status);
      expect(answer.json.error.message).toContain(words);
    }
    expect((await fetch(`${room.url}/health`)).status).toBe(200);
  });
});
