/** Fees that agencies charge (agencies), and one's own fees (people). */
import {
  Arg,
  createUnionType,
  Ctx,
  Directive,
  Field,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Query,
  registerEnumType,
  Resolver,
} from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { badUserInput, requirePrincipal } from "../kit/errors.ts";
import { localized, LocalizedText, MinorUnits } from "../kit/scalars.ts";
import { isRecordId, requireCharging } from "./access.rules.ts";
import {
  chargeFee,
  type FeeOutcome,
  type FeeRefusal,
  feeRefusals,
  withdrawFee,
} from "./charge-fee.ts";
import type { PaymentsContext } from "./context.ts";
import { ownServiceFee } from "./own.ts";
import { feeRefused } from "./pay-messages.ts";
import { feeStatuses, ServiceFee } from "./service-fee.ts";
import type { ItemStatus } from "./tables.ts";

@InputType({ description: "A text in both languages." })
class FeeTitle {
  @Field(() => String, { description: "English, 1 to 200 characters." })
  en!: string;

  @Field(() => String, { description: "Arabic, 1 to 200 characters." })
  ar!: string;
}

@InputType({ description: "A fee that an agency charges to somebody." })
class ChargeFeeInput {
  @Field(() => ID, { description: "What it is for: one of the agency's own payables of kind FEE." })
  payableId!: string;

  @Field(() => ID, { description: "Who has to pay it." })
  personId!: string;

  @Field(() => String, {
    description:
      "The agency's own reference, 1 to 80 letters, digits, `-` and `_`, for example the id of a request. Charging again with the same reference and content gives the same fee.",
  })
  reference!: string;

  @Field(() => FeeTitle, { description: "What the payer reads." })
  title!: FeeTitle;

  @Field(() => MinorUnits, {
    description:
      "What the agency asks for, above zero; Knowledge and Innovation Dirham are added here.",
  })
  fee!: bigint;
}

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@personalData("FINANCIAL", "To show what is to be paid, and to take it")
@ObjectType({ description: "A fee as the agency that charged it sees it." })
export class ChargedFee {
  @Field(() => ID, { description: "Its id: `fee_<agency>_<reference>`." })
  id!: string;

  @Field(() => feeStatuses, { description: "Where it stands." })
  status!: ItemStatus;
}

registerEnumType(feeRefusals, {
  name: "FeeRefusalCode",
  description: "Why a fee is not charged or withdrawn.",
  valuesConfig: {
    NO_SUCH_PAYABLE: { description: "The agency has no payable of kind FEE with this id." },
    REFERENCE_REUSED: { description: "Another fee was charged under this reference." },
    NO_SUCH_FEE: { description: "The agency charged no fee with this id." },
    NOT_OPEN: { description: "It is paid, or being paid." },
  },
});

@ObjectType({ description: "The fee is not charged or withdrawn." })
export class FeeRefused {
  @Field(() => feeRefusals, { description: "The reason, for programs." })
  code!: FeeRefusal;

  @Field(() => LocalizedText, { description: "The reason, for people." })
  message!: LocalizedText;
}

export const ChargeFeeResult = createUnionType({
  name: "ChargeFeeResult",
  description: "What charging or withdrawing a fee came to.",
  types: () => [ChargedFee, FeeRefused] as const,
});

async function agencyView(id: string, agencyId: string, { loaders }: PaymentsContext) {
  const row = isRecordId(id) ? await loaders.serviceFee.clear(id).load(id) : null;
  return row?.biller_id === agencyId
    ? Object.assign(new ChargedFee(), { id, status: row.status })
    : null;
}

async function tell(outcome: FeeOutcome, agencyId: string, context: PaymentsContext) {
  if (outcome.kind === "REFUSED") {
    const { en, ar } = feeRefused[outcome.code];
    return Object.assign(new FeeRefused(), { code: outcome.code, message: localized(en, ar) });
  }
  const fee = await agencyView(outcome.feeId, agencyId, context);
  if (!fee) throw new Error(`The fee ${outcome.feeId} has gone.`);
  return fee;
}

const isTitle = (text: string): boolean => text.length >= 1 && text.length <= 200;

@Resolver()
export class FeeResolver {
  @Directive("@authenticated")
  @Query(() => ServiceFee, {
    nullable: true,
    description:
      "One of your own fees; null when there is none with this id, or it is somebody else's.",
  })
  serviceFee(
    @Arg("id", () => ID, { description: "Id of the fee: `fee_…`." }) id: string,
    @Ctx() context: PaymentsContext,
  ): Promise<ServiceFee | null> {
    requirePrincipal(context.principal);
    return ownServiceFee(id, context);
  }

  @Directive('@requiresScopes(scopes: [["billing:charge"]])')
  @Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
  @Query(() => ChargedFee, {
    nullable: true,
    description:
      "For the agency that charged it, with the scope billing:charge: whether a fee is paid; null when it charged none with this id.",
  })
  chargedFee(
    @Arg("id", () => ID, { description: "Id of the fee: `fee_<agency>_<reference>`." }) id: string,
    @Ctx() context: PaymentsContext,
  ): Promise<ChargedFee | null> {
    return agencyView(id, requireCharging(context.principal), context);
  }

  @Directive('@requiresScopes(scopes: [["billing:charge"]])')
  @Mutation(() => ChargeFeeResult, {
    nullable: true,
    description:
      "Charges a fee for one of the agency's services to somebody, once per reference. For agencies with the scope billing:charge.",
  })
  async chargeFee(
    @Arg("input", () => ChargeFeeInput, { description: "Who pays how much, and for what." })
    { payableId, personId, reference, title, fee }: ChargeFeeInput,
    @Ctx() context: PaymentsContext,
  ): Promise<typeof ChargeFeeResult> {
    const agencyId = requireCharging(context.principal);
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(reference)) {
      throw badUserInput("`reference` must be 1 to 80 letters, digits, `-` and `_`.");
    }
    if (!/^[a-z]+-[A-Za-z0-9_-]{1,100}$/.test(personId)) {
      throw badUserInput("`personId` must be the id of a person.");
    }
    if (fee <= 0n) throw badUserInput("`fee` must be above zero.");
    if (!isTitle(title.en) || !isTitle(title.ar)) {
      throw badUserInput("`title` must have 1 to 200 characters in each language.");
    }
    const { en, ar } = title;
    const charge = { agencyId, payableId, personId, reference, title: { en, ar }, fee };
    return tell(await chargeFee(context.db, charge, context.settleDeps()), agencyId, context);
  }

  @Directive('@requiresScopes(scopes: [["billing:charge"]])')
  @Mutation(() => ChargeFeeResult, {
    nullable: true,
    description:
      "Withdraws a fee that is not paid. For the agency that charged it, with the scope billing:charge.",
  })
  async withdrawFee(
    @Arg("id", () => ID, { description: "Id of the fee: `fee_<agency>_<reference>`." }) id: string,
    @Ctx() context: PaymentsContext,
  ): Promise<typeof ChargeFeeResult> {
    const agencyId = requireCharging(context.principal);
    if (!isRecordId(id)) throw badUserInput("`id` must be the id of a fee.");
    return tell(await withdrawFee(context.db, { agencyId, feeId: id }), agencyId, context);
  }
}
