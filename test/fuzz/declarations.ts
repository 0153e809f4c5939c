/** SDL of several subgraphs under construction: types and fields are added in any order, then printed. */
export type FieldDeclaration = {
  readonly type: string;
  readonly args: string;
  readonly directives: Set<string>;
};

export type TypeDeclaration = {
  readonly kind: "type" | "interface" | "input" | "union" | "enum" | "scalar";
  readonly directives: Set<string>;
  readonly implemented: Set<string>;
  readonly fields: Map<string, FieldDeclaration>;
  /** Of a union its types, of an enum its values. */
  readonly members: Set<string>;
};

export type Declarations = {
  readonly type: (subgraph: string, kind: TypeDeclaration["kind"], name: string) => TypeDeclaration;
  readonly has: (subgraph: string, name: string) => boolean;
  readonly field: (
    subgraph: string,
    type: string,
    name: string,
    given: { readonly type: string; readonly args?: string; readonly directive?: string },
  ) => FieldDeclaration;
  /** SDL by subgraph. */
  readonly print: () => Record<string, string>;
};

function printType(name: string, one: TypeDeclaration): string {
  const directives = [...one.directives].map((directive) => ` ${directive}`).join("");
  if (one.kind === "scalar") return `scalar ${name}`;
  if (one.kind === "union") return `union ${name} = ${[...one.members].join(" | ")}`;
  if (one.kind === "enum") return `enum ${name} { ${[...one.members].join(" ")} }`;
  const implemented =
    one.implemented.size > 0 ? ` implements ${[...one.implemented].join(" & ")}` : "";
  const fields = [...one.fields].map(
    ([field, { type, args, directives }]) =>
      `  ${field}${args}: ${type}${[...directives].map((directive) => ` ${directive}`).join("")}`,
  );
  return `${one.kind} ${name}${implemented}${directives} {\n${fields.join("\n")}\n}`;
}

export function createDeclarations(subgraphs: readonly string[]): Declarations {
  const all = new Map<string, Map<string, TypeDeclaration>>(
    subgraphs.map((name) => [name, new Map()]),
  );
  const ofSubgraph = (subgraph: string) => {
    const types = all.get(subgraph);
    if (!types) throw new Error(`No subgraph "${subgraph}".`);
    return types;
  };
  const type: Declarations["type"] = (subgraph, kind, name) => {
    const types = ofSubgraph(subgraph);
    let one = types.get(name);
    if (!one) {
      const empty = { directives: new Set<string>(), implemented: new Set<string>() };
      one = { kind, ...empty, fields: new Map(), members: new Set() };
      types.set(name, one);
    }
    return one;
  };
  return {
    type,
    has: (subgraph, name) => ofSubgraph(subgraph).has(name),
    field(subgraph, typeName, name, given) {
      const { fields } = type(subgraph, "type", typeName);
      let field = fields.get(name);
      if (!field) {
        field = { type: given.type, args: given.args ?? "", directives: new Set() };
        fields.set(name, field);
      }
      if (given.directive) field.directives.add(given.directive);
      return field;
    },
    print: () =>
      Object.fromEntries(
        [...all].map(([subgraph, types]) => [
          subgraph,
          [...types].map(([name, one]) => printType(name, one)).join("\n"),
        ]),
      ),
  };
}
