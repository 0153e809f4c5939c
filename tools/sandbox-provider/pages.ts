/** The hosted pages: the card's form and the 3-D-Secure-like code. Card numbers end here. */
import type { SandboxPayment } from "./payment.rules.ts";
import { testCards } from "./cards.ts";

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:16px system-ui;max-width:32rem;margin:2rem auto;padding:0 1rem}label{display:block;margin:.75rem 0}
input{display:block;width:100%;font:inherit;padding:.4rem;box-sizing:border-box}button{font:inherit;padding:.5rem 1rem}td{padding:.1rem .5rem}</style>
</head><body><h1>${escape(title)}</h1>${body}</body></html>`;

export const cardPage = ({ amount, currency, pageToken }: SandboxPayment): string => {
  const rows = testCards.map(
    ({ number, does }) => `<tr><td><code>${number}</code></td><td>${escape(does)}</td></tr>`,
  );
  return page(
    "Sandbox payment",
    `<p>${escape(currency)} ${amount} in minor units. This is no real payment.</p>
<form method="post" action="/pay/${escape(pageToken)}"><label>Card number
<input name="number" inputmode="numeric" autocomplete="off" required></label><button>Pay</button></form>
<h2>Test cards</h2><table>${rows.join("")}</table>`,
  );
};

export const codePage = ({ pageToken }: SandboxPayment): string =>
  page(
    "Confirm it is you",
    `<form method="post" action="/pay/${escape(pageToken)}/confirm"><label>Code (123456)
<input name="code" inputmode="numeric" autocomplete="off" required></label><button>Confirm</button></form>`,
  );

export const endPage = ({ status }: SandboxPayment): string =>
  page("Sandbox payment", `<p>The payment is ${escape(status)}. You can go back to the app.</p>`);
