// SPDX-License-Identifier: EUPL-1.2
// Labelling by keys: one for the category, one for the urgency, and the next message is there.
import { zeg } from "./teksten.js";
import { elements } from "./vertrouwd.js";

const place = document.getElementById("plek");
const fault = document.getElementById("fout");
const spoken = document.getElementById("gesproken");
const shortcuts = document.getElementById("toetsen");
const undoForm = document.getElementById("terugform");
let busy = false;

document.getElementById("toetskeuze").hidden = false;
place.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(event.target.action, new URLSearchParams(new FormData(event.target)), zeg("Bewaard. Het volgende bericht."));
});
undoForm.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(undoForm.action, new URLSearchParams(new FormData(undoForm)), zeg("Uw laatste antwoord is teruggenomen."));
});
place.addEventListener("click", (event) => {
  const over = event.target.closest("[data-over]");
  if (!over) return;
  event.preventDefault();
  ask(over.href, null, zeg("Overgeslagen."));
});

/** Sends a form, or asks for a page, and shows the message that comes back. */
async function ask(address, body, said) {
  if (busy) return;
  busy = true;
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { method: body ? "POST" : "GET", headers: { Accept: "application/json" }, body });
    const found = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(found.detail ?? zeg("Dat lukte niet. Laad de pagina opnieuw."));
    show(found.piece, said);
  } catch (error) {
    fault.textContent = error instanceof TypeError ? zeg("Geen verbinding. Uw antwoord is niet bewaard.") : error.message;
    fault.hidden = false;
  } finally {
    busy = false;
    place.removeAttribute("aria-busy");
  }
}

function show(piece, said) {
  place.replaceChildren(...elements(piece));
  fault.hidden = true;
  spoken.textContent = said;
  document.getElementById("beurttekst")?.focus({ preventScroll: true });
}

function chosen(name) {
  return place.querySelector(`input[name="${name}"]:checked`);
}

/** Ticks the box of this key and sends the form once all is known. */
function press(name, key) {
  const box = place.querySelector(`input[name="${name}"][data-toets="${CSS.escape(key)}"]`);
  if (!box) return false;
  box.checked = true;
  if (name === "urgentie" || box.value === "geen") document.getElementById("beurtform").requestSubmit();
  else place.querySelector('input[name="urgentie"]')?.focus();
  return true;
}

function forget() {
  for (const box of place.querySelectorAll("input:checked")) box.checked = false;
  document.getElementById("beurttekst")?.focus();
}

document.addEventListener("keydown", (event) => {
  if (!shortcuts.checked || event.ctrlKey || event.metaKey || event.altKey) return;
  // Keys are for the message: in the menu, the guide and on other controls they stay the browser's.
  const at = event.target;
  if (at !== document.body && at.id !== "inhoud" && !place.contains(at)) return;
  const key = event.key.toLowerCase();
  const button = at.closest?.("a, button");
  if (key === "z" || key === "backspace") undoForm.requestSubmit();
  else if (key === "escape") forget();
  else if (key === " " && !button && at.type !== "radio") place.querySelector("[data-over]")?.click();
  else if (!press(chosen("categorie") ? "urgentie" : "categorie", key)) return;
  event.preventDefault();
});
document.getElementById("beurttekst")?.focus({ preventScroll: true });
