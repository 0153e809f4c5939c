/** The channel of NOTIFY on which the database tells of each transition of a payment, by its id. */
export const paymentChannel = "payments_payment";
