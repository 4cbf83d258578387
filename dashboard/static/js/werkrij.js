// SPDX-License-Identifier: EUPL-1.2
// The live queue: one key decides, the next card gets the focus, ten seconds to undo.
import { Row } from "./rij.js";
import { connect } from "./stroom.js";

const list = document.getElementById("rij");
const row = new Row(list);
const csrf = list.dataset.csrf;
const message = document.getElementById("bericht");
const spoken = document.getElementById("gesproken");
const undoBar = document.getElementById("ongedaan");
const picker = document.getElementById("kiezer");
const help = document.getElementById("hulp");
const shortcuts = document.getElementById("sneltoetsen");
const hold = document.getElementById("vasthouden");
const waiting = document.getElementById("wachtend");

const WORDS = {
  bevestigd: "Bevestigd",
  "geen-signaal": "Geen signaal",
  "andere-categorie": "Andere categorie",
  "andere-ontvanger": "Andere ontvanger",
};
const undoable = [];
const ours = new Set(); // Signals that this very page decided.
const pending = new Set(); // Signals to fetch with the next request.
const held = []; // Markup of cards that wait until the operator wants them.
let fetching = false;

async function send(address, fields) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams({ csrf, ...fields }),
  }).catch(() => {
    throw new Error("Geen verbinding. Kijk straks of uw besluit is opgeslagen.");
  });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.detail ?? "Dat lukte niet. Probeer het nog eens.");
  return body;
}

function say(text) {
  spoken.textContent = text;
}

function complain(text) {
  message.textContent = text;
}

async function decide(card, act, extra = {}) {
  if (card.dataset.staat !== "open") {
    step(card);
    return;
  }
  const next = row.neighbour(card) ?? row.neighbour(card, -1);
  const putBack = row.take(card);
  row.focus(next);
  complain("");
  ours.add(card.dataset.id);
  const title = card.querySelector("h2").textContent.trim();
  say(`${WORDS[act]}: ${title}. Ongedaan maken met z.`);
  const entry = { id: card.dataset.id, title, act, until: Date.now() + 10_000, decision: null, undone: false };
  entry.ready = send(`/signaal/${entry.id}/besluit`, { besluit: act, versie: card.dataset.versie, ...extra })
    .then((answer) => {
      entry.decision = answer.decision;
      entry.until = Date.now() + answer.undo_seconds * 1_000;
    })
    .catch((error) => {
      undoable.splice(undoable.indexOf(entry), 1);
      ours.delete(entry.id);
      putBack();
      complain(`${title}: ${error.message}`);
      refresh([entry.id]);
      tick();
    });
  undoable.push(entry);
  tick();
}

async function undo() {
  const entry = undoable.pop();
  tick();
  if (!entry) return;
  await entry.ready;
  if (!entry.decision) return;
  try {
    await send(`/besluit/${entry.decision}/ongedaan`, {});
    ours.delete(entry.id);
    place(await fragment([entry.id]));
    row.focus(row.card(entry.id));
    say(`Ongedaan gemaakt: ${entry.title}.`);
  } catch (error) {
    complain(`${entry.title}: ${error.message}`);
  }
}

function tick() {
  const now = Date.now();
  while (undoable.length && undoable[0].until <= now) undoable.shift();
  const entry = undoable.at(-1);
  undoBar.hidden = !entry;
  // This page is done; the next signals wait on the server.
  if (!entry && row.elsewhere > 0 && !row.cards().length) location.assign(location.pathname);
  if (!entry) return;
  undoBar.querySelector("[data-wat]").textContent = `${WORDS[entry.act]}: ${entry.title}`;
  undoBar.querySelector("[data-nog]").textContent = Math.ceil((entry.until - now) / 1_000);
}

function step(card) {
  const next = row.neighbour(card) ?? row.neighbour(card, -1);
  if (card.dataset.staat !== "open") row.take(card);
  row.focus(next);
}

async function fragment(ids) {
  const query = ids.map((id) => `id=${encodeURIComponent(id)}`).join("&");
  const answer = await fetch(`/kaarten?${query}`, { headers: { Accept: "text/html" } });
  return answer.ok ? answer.text() : "";
}

/** Fetches cards, many at once when many change at once. */
async function refresh(ids) {
  for (const id of ids) pending.add(id);
  if (fetching) return;
  fetching = true;
  try {
    while (pending.size) {
      const batch = [...pending].slice(0, 50);
      for (const id of batch) pending.delete(id);
      place(await fragment(batch));
    }
  } catch {
    complain("Een signaal kon niet worden opgehaald. Ververs de pagina.");
  } finally {
    fetching = false;
  }
}

function place(markup) {
  for (const card of Row.parse(markup)) {
    const known = row.card(card.dataset.id);
    if (card.dataset.staat !== "open") {
      if (known && known === row.focused()) row.replace(known, card);
      else if (known) row.remove(known);
    } else if (hold.checked && !known && card.dataset.rang !== "0") held.push(card);
    else row.insert(card);
  }
  waiting.hidden = !held.length;
  waiting.querySelector("[data-aantal]").textContent = held.length;
}

function onEvent(event) {
  if (event.kind === "ververs") {
    location.reload();
    return;
  }
  if (!event.kind.startsWith("signal.") && event.kind !== "answer.new") return;
  if (event.kind === "signal.done" && ours.has(event.ref)) return;
  const known = row.card(event.ref);
  if (event.kind === "signal.done" && !known) return;
  if (event.kind === "signal.done" && known !== row.focused()) {
    row.remove(known);
    return;
  }
  refresh([event.ref]);
}

function choose(card) {
  if (card.dataset.staat !== "open") return;
  picker.dataset.voor = card.dataset.id;
  picker.showModal();
}

function chosen(slug) {
  picker.close();
  const card = row.card(picker.dataset.voor);
  if (card) decide(card, "andere-categorie", { categorie: slug });
}

const KEYS = {
  b: (card) => decide(card, "bevestigd"),
  n: (card) => decide(card, "geen-signaal"),
  c: choose,
  o: (card) => decide(card, "andere-ontvanger"),
  j: (card) => row.focus(row.neighbour(card) ?? card),
  k: (card) => row.focus(row.neighbour(card, -1) ?? card),
  arrowdown: (card) => row.focus(row.neighbour(card) ?? card),
  arrowup: (card) => row.focus(row.neighbour(card, -1) ?? card),
};

// On the whole row's section, so that undo works when the last card is gone.
document.getElementById("werkplek").addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || !shortcuts.checked) return;
  if (event.target.closest("input, select, textarea, dialog")) return;
  const key = event.key.toLowerCase();
  const card = row.focused();
  if (key === "?") help.showModal();
  else if (key === "z") undo();
  else if (card && KEYS[key]) KEYS[key](card);
  else return;
  event.preventDefault();
});

list.addEventListener("click", (event) => {
  const card = event.target.closest(".kaart");
  const button = event.target.closest("[data-kies]");
  if (button) choose(card);
});

list.addEventListener("submit", (event) => {
  const act = event.submitter?.value;
  if (!(act in WORDS)) return;
  event.preventDefault();
  decide(event.target.closest(".kaart"), act);
});

list.addEventListener("focusin", (event) => {
  const card = event.target.closest(".kaart");
  if (event.target !== card) return;
  for (const other of list.querySelectorAll('.kaart[tabindex="0"]')) other.tabIndex = other === card ? 0 : -1;
});

picker.addEventListener("keydown", (event) => {
  const button = picker.querySelector(`[data-toets="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!button || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  chosen(button.value);
});
picker.addEventListener("click", (event) => {
  const button = event.target.closest("button[value]");
  if (button?.dataset.toets) chosen(button.value);
  else if (button) picker.close();
});
picker.addEventListener("close", () => row.focus(row.card(picker.dataset.voor) ?? row.focused() ?? row.cards()[0]));
help.addEventListener("click", (event) => event.target.closest("button") && help.close());
document.getElementById("hulpknop").addEventListener("click", () => help.showModal());
undoBar.querySelector("button").addEventListener("click", undo);
waiting.querySelector("button").addEventListener("click", () => {
  for (const card of held.splice(0)) row.insert(card);
  waiting.hidden = true;
});
hold.addEventListener("change", () => !hold.checked && waiting.querySelector("button").click());

shortcuts.checked = localStorage.getItem("sneltoetsen") !== "uit";
shortcuts.addEventListener("change", () => {
  localStorage.setItem("sneltoetsen", shortcuts.checked ? "aan" : "uit");
});

setInterval(tick, 250);
row.settle();
connect({ since: Number(list.dataset.laatste), session: list.dataset.sessie, onEvent });
