// SPDX-License-Identifier: EUPL-1.2
// The board on the wall fetches itself anew when something happened, and twice a minute.
import { connect } from "./stroom.js";
import { elements } from "./vertrouwd.js";

const LATER = 300; // Many events become one look.
let waiting = null;

async function renew() {
  waiting = null;
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const fresh = elements(await answer.text()).flatMap((top) => [top, ...top.querySelectorAll("#bord")]);
  const board = fresh.find((element) => element.id === "bord");
  if (board) document.getElementById("bord").replaceChildren(...board.childNodes);
}

function soon() {
  waiting ??= setTimeout(renew, LATER);
}

const board = document.getElementById("bord");
setInterval(soon, 30_000);
connect({ since: Number(board.dataset.laatste), session: board.dataset.sessie, onEvent: soon });
