/**
 * Apollo's planner moves a selection from one fetch to the fetch before it when the types of that one's
 * subgraph have its fields, and does not look whether they are `@external` there: known by name, but not to
 * be had. Where one required field requires another (`top @requires middle`, `middle @requires base`), `base`
 * was so asked of the very subgraph that needs it from elsewhere, which answers null or worse.
 * The question is put in one method, shared by all planners of the process, so it is mended there.
 */
import {
  baseType,
  type CompositeType,
  federationMetadata,
  isCompositeType,
  SelectionSet,
} from "@apollo/federation-internals";

/** Whether the subgraph of the type would be asked for a field that is external in it, at any depth. */
function selectsExternal(set: SelectionSet, type: CompositeType): boolean {
  const metadata = federationMetadata(type.schema());
  return set.selections().some((selection) => {
    if (selection.kind === "FieldSelection") {
      const field = type.kind === "UnionType" ? undefined : type.field(selection.element.name);
      if (!field) return false;
      if (metadata?.isFieldExternal(field)) return true;
      const below = field.type && baseType(field.type);
      return Boolean(
        below &&
        isCompositeType(below) &&
        selection.selectionSet &&
        selectsExternal(selection.selectionSet, below),
      );
    }
    const condition = selection.element.typeCondition;
    const narrowed = condition ? type.schema().type(condition.name) : type;
    return Boolean(
      narrowed && isCompositeType(narrowed) && selectsExternal(selection.selectionSet, narrowed),
    );
  });
}

let isMovingOff = false;

/** Plans without moving selections between fetches: more requests, each after what it needs. */
export function withoutMoving<Result>(plan: () => Result): Result {
  isMovingOff = true;
  try {
    return plan();
  } finally {
    isMovingOff = false;
  }
}

const mended = Symbol.for("city-graph.external-fields");

/** To be called before the first plan is made; calling it again changes nothing. */
export function keepExternalFieldsOut(): void {
  const prototype = SelectionSet.prototype as SelectionSet & { [mended]?: true };
  if (prototype[mended]) return;
  // oxlint-disable-next-line typescript/unbound-method -- called with its own object below
  const canRebaseOn = prototype.canRebaseOn;
  prototype.canRebaseOn = function (this: SelectionSet, type: CompositeType): boolean {
    return !isMovingOff && canRebaseOn.call(this, type) && !selectsExternal(this, type);
  };
  prototype[mended] = true;
}
