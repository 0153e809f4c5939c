/**
 * Process: a node:http server that returns the right answer's bytes whatever is asked: the limit of
 * what any gateway on Node could do. `bare.ts PORT OPERATION`
 */
import { createServer } from "node:http";
import { type OperationName, rightAnswer } from "../shop/operations.ts";

const [port, operation] = process.argv.slice(2);
const bytes = Buffer.from(JSON.stringify(rightAnswer(operation as OperationName)));
createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": bytes.length,
    });
    response.end(bytes);
  });
}).listen(Number(port), "127.0.0.1");
