// SPDX-License-Identifier: EUPL-1.2
// What the live queue asks of the server.
import { zeg } from "./teksten.js";
import { root } from "./wortel.js";

/** How a page sends its deeds; what went wrong is thrown in words for the operator. */
export function sender(csrf) {
  return async (address, fields) => {
    const answer = await fetch(root + address, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ csrf, ...fields }),
    }).catch(() => {
      throw new Error(zeg("Geen verbinding. Kijk straks of uw besluit is opgeslagen."));
    });
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(body.detail ?? zeg("Dat lukte niet. Probeer het nog eens."));
    return body;
  };
}

/** Markup of the cards of these signals; empty when the server gives none. */
export async function fragment(ids) {
  const query = ids.map((id) => `id=${encodeURIComponent(id)}`).join("&");
  const answer = await fetch(`${root}/kaarten?${query}`, { headers: { Accept: "text/html" } });
  return answer.ok ? answer.text() : "";
}
