// SPDX-License-Identifier: EUPL-1.2
// In a lesson: shows what the script says of a decision, and leaves when the lesson is over.
import { elements } from "./vertrouwd.js";
import { root } from "./wortel.js";

const EVERY = 5_000;
const place = document.querySelector("[data-uitleg]");

document.addEventListener("besloten", async ({ detail }) => {
  const address = `${root}/uitleg/${encodeURIComponent(detail)}`;
  const answer = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
  if (answer?.ok) place.replaceChildren(...elements(await answer.text()));
});

setInterval(async () => {
  const answer = await fetch(`${root}/uitleg`, { redirect: "manual" }).catch(() => null);
  if (answer?.type === "opaqueredirect") location.assign("/oefenen");
}, EVERY);
