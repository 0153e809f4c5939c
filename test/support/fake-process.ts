/**
 * A small program that stands for a subgraph or the gateway in tests of the launcher: it answers
 * /health and /ready on PORT, and does what BEHAVIOUR says.
 */
export const fakeProcess = `
import { createServer } from "node:http";
const { PORT, HOST, BEHAVIOUR = "", MARK = "" } = process.env;
const is = (what) => BEHAVIOUR.split(" ").includes(what);
const end = (why, code) => { console.log("ended by " + why); process.exit(code); };
console.log(JSON.stringify({ level: 30, msg: "hello", mark: MARK }));
if (is("dies-at-start")) { console.error("The database is on fire."); process.exit(3); }
if (is("warns")) console.log(JSON.stringify({ level: 40, msg: "the disk is nearly full" }));
if (is("errs")) console.log(JSON.stringify({ level: 50, msg: "it broke", err: { message: "no disk" } }));
if (!is("never-ready")) {
  createServer((request, response) => {
    if (request.url === "/die") process.exit(9);
    if (request.url === "/pid") return response.end(String(process.pid));
    if (request.url === "/environment") return response.end(JSON.stringify(process.env));
    response.writeHead(200, { "content-type": "application/json" }).end('{"ready":true,"unreachable":["far"]}');
  }).listen(Number(PORT), HOST);
}
setInterval(() => {}, 1_000);
process.on("SIGTERM", () => is("deaf") ? console.log("not now") : end("SIGTERM", 0));
process.on("disconnect", () => end("disconnect", 0));
`;
