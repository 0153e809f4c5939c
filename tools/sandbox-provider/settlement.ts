/** The daily settlement file: a line for each capture and each refund of a day, with the provider's fee. */
import { feeOf, type SandboxPayment } from "./payment.rules.ts";

const header = "reference,kind,refund_reference,amount,fee,currency,at";

/** @param day YYYY-MM-DD, in UTC. */
export function settlementOf(payments: readonly SandboxPayment[], day: string): string {
  const lines = payments.flatMap(({ reference, currency, captured, capturedAt, refunds }) => [
    ...(capturedAt?.startsWith(day)
      ? [`${reference},capture,,${captured},${feeOf(captured)},${currency},${capturedAt}`]
      : []),
    ...refunds
      .filter(({ status, at }) => status === "succeeded" && at.startsWith(day))
      .map((one) => `${reference},refund,${one.reference},${-one.amount},0,${currency},${one.at}`),
  ]);
  return [header, ...lines.toSorted(), ""].join("\n");
}
