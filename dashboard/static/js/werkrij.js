// SPDX-License-Identifier: EUPL-1.2
// The live queue: one key decides, the next card gets the focus, ten seconds to undo.
import { Presence } from "./aanwezig.js";
import { Sound } from "./geluid.js";
import { letChoose } from "./keuze.js";
import { Row } from "./rij.js";
import { connect } from "./stroom.js";
import { zeg } from "./teksten.js";
import { fragment, sender } from "./verzoek.js";

const list = document.getElementById("rij");
const row = new Row(list);
const csrf = list.dataset.csrf;
const send = sender(csrf);
const message = document.getElementById("bericht");
const spoken = document.getElementById("gesproken");
const undoBar = document.getElementById("ongedaan");
const picker = document.getElementById("kiezer");
const help = document.getElementById("hulp");
const shortcuts = document.getElementById("sneltoetsen");
const hold = document.getElementById("vasthouden");
const waiting = document.getElementById("wachtend");
const putOff = document.getElementById("uitsteller");
const reasons = undoBar.querySelector(".redenen");
const flood = document.getElementById("drukte");
const callOut = document.getElementById("roep");
const sound = new Sound(document.getElementById("geluid"));

const WORDS = {
  bevestigd: zeg("Bevestigd"),
  "geen-signaal": zeg("Geen signaal"),
  "andere-categorie": zeg("Andere categorie"),
  "andere-ontvanger": zeg("Andere ontvanger"),
};
const undoable = [];
const ours = new Set(); // Signals that this very page decided.
const pending = new Set(); // Signals to fetch with the next request.
const held = []; // Markup of cards that wait until the operator wants them.
let fetching = false;

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
  const title = titleOf(card);
  const blind = act === "andere-categorie" && "blind" in card.dataset;
  const word = blind ? zeg("Categorie gekozen") : WORDS[act];
  say(zeg("%(word)s: %(title)s. Ongedaan maken met z.", { word, title }));
  const entry = { id: card.dataset.id, title, act, word, until: Date.now() + 10_000, decision: null, reason: "" };
  entry.ready = send(`/signaal/${entry.id}/besluit`, { besluit: act, versie: card.dataset.versie, ...extra })
    .then((answer) => {
      entry.decision = answer.decision;
      entry.until = Date.now() + answer.undo_seconds * 1_000;
      document.dispatchEvent(new CustomEvent("besloten", { detail: entry.id }));
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

/** Says why something was no signal; of the last decision, while it can be undone. */
async function explain(reason) {
  const entry = undoable.at(-1);
  if (entry?.act !== "geen-signaal") return;
  entry.reason = reason;
  tick();
  await entry.ready;
  if (!entry.decision) return;
  try {
    await send(`/besluit/${entry.decision}/reden`, { reden: reason });
    say(zeg("Uw reden is opgeslagen."));
  } catch (error) {
    entry.reason = "";
    complain(error.message);
    tick();
  }
}

async function pickUp(card) {
  const button = card.querySelector("[data-oppakken]");
  if (!button) {
    say(zeg("Alleen spoed die nog niemand heeft, pakt u op."));
    return;
  }
  button.disabled = true;
  complain("");
  try {
    await send(`/signaal/${card.dataset.id}/oppakken`, {});
    say(zeg("Opgepakt: %(title)s. U beslist daarna nog.", { title: titleOf(card) }));
  } catch (error) {
    complain(`${titleOf(card)}: ${error.message}`);
  }
  refresh([card.dataset.id]);
}

async function snooze(card, minutes) {
  const next = row.neighbour(card) ?? row.neighbour(card, -1);
  const putBack = row.take(card);
  row.focus(next);
  ours.add(card.dataset.id);
  try {
    const { until } = await send(`/signaal/${card.dataset.id}/uitstellen`, { minuten: minutes });
    say(zeg("Uitgesteld tot %(until)s: %(title)s.", { until, title: titleOf(card) }));
    document.getElementById("uitgesteld").hidden = false;
  } catch (error) {
    putBack();
    complain(`${titleOf(card)}: ${error.message}`);
  } finally {
    ours.delete(card.dataset.id);
  }
}

async function copy(card) {
  try {
    await navigator.clipboard.writeText(card.querySelector("[data-kopieerbron]").textContent);
    say(zeg("Kladbloktekst gekopieerd."));
  } catch {
    complain(zeg("Kopiëren lukte niet. Open ‘Meer’ en kopieer de tekst daar."));
  }
}

function titleOf(card) {
  return card.querySelector("h2").textContent.trim();
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
    place(await fragment([entry.id]), { quiet: true });
    row.focus(row.card(entry.id));
    say(zeg("Ongedaan gemaakt: %(title)s.", { title: entry.title }));
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
  undoBar.querySelector("[data-wat]").textContent = `${entry.word}: ${entry.title}`;
  reasons.hidden = entry.act !== "geen-signaal";
  for (const button of reasons.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === entry.reason));
  undoBar.querySelector("[data-nog]").textContent = Math.ceil((entry.until - now) / 1_000);
}

function step(card) {
  const next = row.neighbour(card) ?? row.neighbour(card, -1);
  if (card.dataset.staat !== "open") row.take(card);
  row.focus(next);
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
    complain(zeg("Een signaal kon niet worden opgehaald. Ververs de pagina."));
  } finally {
    fetching = false;
  }
}

function place(markup, { quiet = false } = {}) {
  for (const card of Row.parse(markup)) {
    const known = row.card(card.dataset.id);
    const urgent = Number(card.dataset.rang) <= 0;
    if (urgent && !known && !quiet && card.dataset.staat === "open") {
      sound.ring("spoed");
      say(zeg("Nieuwe spoed: %(title)s.", { title: titleOf(card) }));
    }
    if (card.dataset.staat !== "open") {
      if (known && known === row.focused()) row.replace(known, card);
      else if (known) row.remove(known);
    } else if (hold.checked && !known && !urgent) held.push(card);
    else row.insert(card);
  }
  call();
  presence.changed();
  waiting.hidden = !held.length;
  waiting.querySelector("[data-aantal]").textContent = held.length;
}

/** Names the signals that nobody picked up, for as long as nobody does. */
function call() {
  const cards = [...list.querySelectorAll(".kaart--roept")];
  const card = cards.find((other) => "voorMij" in other.dataset) ?? cards[0];
  const text = card ? calling(card, cards.length - 1) : "";
  const said = callOut.querySelector("[data-wat]");
  if (said.textContent !== text) said.textContent = text;
  callOut.dataset.voor = card?.dataset.id ?? "";
  callOut.hidden = !card;
}

function calling(card, others) {
  const what = titleOf(card) + (others ? zeg(" (en nog %(n)s)", { n: others }) : "");
  if ("voorMij" in card.dataset) return zeg("Voor u: niemand pakte dit op: %(what)s.", { what });
  return zeg("Niemand pakte dit op: %(what)s.", { what });
}

function showFlood(on, stand = "spoed") {
  flood.hidden = !on;
  flood.dataset.stand = stand;
  row.steady(() => list.classList.toggle("rij--druk", on && stand === "spoed"));
}

/** Loads the page anew and comes back to the same card. */
function reload() {
  sessionStorage.setItem("in-de-hand", row.focused()?.dataset.id ?? "");
  location.reload();
}

function onEvent(event) {
  if (event.kind === "ververs" || event.kind === "scores.changed") {
    reload();
    return;
  }
  if (event.kind === "presence.changed") presence.changed();
  if (event.kind === "queue.flood" && !document.getElementById("zonder-scores")) showFlood(event.ref === "aan");
  if (event.kind === "signal.escalated") sound.ring("roep");
  if (!event.kind.startsWith("signal.") && event.kind !== "answer.new") return;
  if (event.kind === "signal.done" && ours.has(event.ref)) return;
  const known = row.card(event.ref);
  if (event.kind === "signal.done" && !known) return;
  if (event.kind === "signal.done" && known !== row.focused()) {
    row.remove(known);
    call();
    return;
  }
  refresh([event.ref]);
}

function choose(card) {
  if (card.dataset.staat !== "open") return;
  picker.dataset.voor = card.dataset.id;
  picker.showModal();
}

function chooseTime(card) {
  if (card.dataset.staat !== "open") return;
  const urgent = card.classList.contains("kaart--spoed");
  for (const button of putOff.querySelectorAll("[data-toets]")) {
    button.parentElement.hidden = urgent && Number(button.value) > 15;
  }
  putOff.dataset.voor = card.dataset.id;
  putOff.showModal();
}

function chosenTime(minutes) {
  putOff.close();
  const card = row.card(putOff.dataset.voor);
  if (card) snooze(card, minutes);
}

function chosen(slug) {
  picker.close();
  const card = row.card(picker.dataset.voor);
  if (card) decide(card, "andere-categorie", { categorie: slug });
}

const KEYS = {
  a: pickUp,
  // Without a label on the card, the operator says what it is.
  b: (card) => ("blind" in card.dataset ? choose(card) : decide(card, "bevestigd")),
  n: (card) => decide(card, "geen-signaal"),
  c: choose,
  l: copy,
  o: (card) => decide(card, "andere-ontvanger"),
  s: chooseTime,
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
  else if (/^[1-6]$/.test(key)) explain(reasons.querySelector(`[data-toets="${key}"]`).value);
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
  if (event.submitter?.matches("[data-oppakken]")) {
    event.preventDefault();
    pickUp(event.target.closest(".kaart"));
    return;
  }
  if (event.submitter?.name === "minuten") {
    event.preventDefault();
    snooze(event.target.closest(".kaart"), event.submitter.value);
    return;
  }
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

const handBack = (id) => row.focus(row.card(id) ?? row.focused() ?? row.cards()[0]);
letChoose(picker, chosen, handBack);
letChoose(putOff, chosenTime, handBack);
help.addEventListener("click", (event) => event.target.closest("button") && help.close());
document.getElementById("hulpknop").addEventListener("click", () => help.showModal());
undoBar.querySelector("[data-terug]").addEventListener("click", undo);
reasons.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) explain(button.value);
});
callOut.querySelector("button").addEventListener("click", () => row.focus(row.card(callOut.dataset.voor)));
flood.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link) return;
  event.preventDefault();
  showFlood(true, flood.dataset.stand === "spoed" ? "alles" : "spoed");
  row.focus(row.focused() ?? row.cards().find((card) => card.offsetParent));
});
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
const presence = new Presence(row, csrf);
call();
const before = row.card(sessionStorage.getItem("in-de-hand") ?? "");
sessionStorage.removeItem("in-de-hand");
if (before) row.focus(before);
connect({ since: Number(list.dataset.laatste), session: list.dataset.sessie, onEvent });
