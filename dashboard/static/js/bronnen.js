// SPDX-License-Identifier: EUPL-1.2
// Asks now and then which sources are out of reach. Nothing is announced while nothing changes.

import { elements } from "./vertrouwd.js";
import { root } from "./wortel.js";

const EVERY = 60_000;
const place = document.getElementById("bronnen");

async function look() {
  try {
    const answer = await fetch(`${root}/bronnen`, { headers: { Accept: "text/html" }, redirect: "error" });
    if (!answer.ok) return;
    const text = (await answer.text()).trim();
    if (text === place.dataset.laatste) return;
    place.dataset.laatste = text;
    place.replaceChildren(...elements(text));
    place.hidden = text === "";
  } catch {
    // The page's own connection line says that the server is away.
  }
}

if (place) {
  look();
  setInterval(look, EVERY);
}
