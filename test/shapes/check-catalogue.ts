/**
 * `npm run catalogue:check -- CATALOGUE SHAPES…`: validates a catalogue of datasets against SHACL shapes, for
 * example the ones that are published with DCAT-AP. CATALOGUE is an address or a file in Turtle, SHAPES are
 * files in Turtle. Prints each kind of problem once, with how often and where; ends with 2 when there is any.
 */
import { readFile } from "node:fs/promises";
import { Parser, Store } from "n3";
import SHACLValidator from "rdf-validate-shacl";

const [catalogue, ...shapeFiles] = process.argv.slice(2);
if (catalogue === undefined || shapeFiles.length === 0) {
  console.error("Usage: npm run catalogue:check -- URL-OR-FILE SHAPES.ttl…");
  process.exit(1);
}

async function read(from: string): Promise<string> {
  if (!/^https?:/.test(from)) return readFile(from, "utf8");
  const response = await fetch(from, { headers: { accept: "text/turtle" } });
  if (!response.ok) throw new Error(`${from} answered ${response.status}.`);
  return response.text();
}

const data = new Store(new Parser().parse(await read(catalogue)));
// Validated together, since shapes of one file may refer to another's; blank nodes keep apart.
const shapes = new Store();
const imports = "http://www.w3.org/2002/07/owl#imports";
for (const [index, file] of shapeFiles.entries()) {
  const parser = new Parser({ blankNodePrefix: `file${index}_` });
  // Nothing is fetched that was not named: what a file imports is to be given too.
  shapes.addQuads(
    parser.parse(await read(file)).filter(({ predicate }) => predicate.value !== imports),
  );
}
const { conforms, results } = await new SHACLValidator(shapes).validate(data);

const kinds = Map.groupBy(results, ({ path, sourceConstraintComponent, severity }: any) =>
  [severity, sourceConstraintComponent, path].map((term) => term?.value ?? "").join("  "),
);
for (const [kind, found] of kinds) {
  const [first] = found;
  console.log(`${found.length} × ${kind.replaceAll("http://www.w3.org/ns/shacl#", "")}`);
  console.log(
    `    for example at ${first?.focusNode?.value}: ${first?.value?.value ?? "no value"}`,
  );
}
console.log(
  `${data.size} statements, ${shapes.size} of shapes: ${conforms ? "it conforms" : `${results.length} problems`}.`,
);
process.exitCode = conforms ? 0 : 2;
