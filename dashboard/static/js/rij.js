// SPDX-License-Identifier: EUPL-1.2
// The cards of a queue: where they stand, which one has the focus, how they come and go.
import { zeg } from "./teksten.js";
import { elements } from "./vertrouwd.js";
import { root } from "./wortel.js";

export class Row {
  constructor(list) {
    this.list = list;
    this.rest = null;
    // Signals that wait on the next pages.
    this.elsewhere = Number(list.dataset.totaal) - this.cards().length;
  }

  cards() {
    return [...this.list.querySelectorAll(".kaart")];
  }

  card(id) {
    return document.getElementById(`kaart-${id}`);
  }

  focused() {
    return document.activeElement?.closest?.("#rij .kaart") ?? null;
  }

  /** The card under the operator's hands: with the focus, else under the mouse. */
  held() {
    return this.focused() ?? this.list.querySelector(".kaart:hover");
  }

  /** During a flood most cards are out of sight, but never the one in hand. */
  get flooded() {
    return this.list.classList.contains("rij--druk");
  }

  neighbour(card, step = 1) {
    const cards = this.cards().filter((other) => other === card || !this.flooded || other.offsetParent);
    return cards[cards.indexOf(card) + step] ?? null;
  }

  focus(card, { scroll = true } = {}) {
    for (const other of this.list.querySelectorAll('.kaart[tabindex="0"]')) other.tabIndex = -1;
    if (!card) {
      document.getElementById("rijkop")?.focus();
      return;
    }
    card.tabIndex = 0;
    card.focus({ preventScroll: !scroll });
  }

  /** Changes the list while the held card stays where it is on the screen. */
  steady(change) {
    const anchor = this.held();
    const place = anchor && this.#place(anchor);
    change();
    if (anchor?.isConnected) {
      scrollBy({ top: anchor.getBoundingClientRect().top - place, behavior: "instant" });
    }
    this.settle();
  }

  /** Where the card belongs: a browser scrolls whole pixels, and halves must not add up. */
  #place(anchor) {
    const top = anchor.getBoundingClientRect().top;
    if (this.rest?.card !== anchor || Math.abs(this.rest.top - top) > 2) this.rest = { card: anchor, top };
    return this.rest.top;
  }

  /** Puts the card where the server would have put it: most urgent first, then oldest first. */
  insert(card) {
    const known = this.card(card.dataset.id);
    if (known && (known.dataset.rang === card.dataset.rang || known === this.focused())) {
      this.replace(known, card);
      return;
    }
    if (known) this.remove(known);
    const item = document.createElement("li");
    item.append(card);
    const later = this.cards().find((other) => order(card, other) < 0);
    this.steady(() => (later ? later.parentElement.before(item) : this.list.append(item)));
  }

  /** The cards that the server's markup holds. */
  static parse(markup) {
    return elements(markup).filter((element) => element.matches(".kaart"));
  }

  replace(old, card) {
    const focus = old.contains(document.activeElement);
    card.tabIndex = old.tabIndex;
    const open = old.querySelector("details")?.open;
    if (open) card.querySelector("details")?.setAttribute("open", "");
    this.steady(() => old.replaceWith(card));
    if (focus) this.focus(card, { scroll: false });
  }

  /** Takes a card away and returns a function that puts it back. */
  take(card) {
    const item = card.parentElement;
    const after = item.nextElementSibling;
    item.remove();
    this.settle();
    return () => {
      if (after?.isConnected) after.before(item);
      else this.list.append(item);
      this.settle();
    };
  }

  remove(card) {
    this.steady(() => card.parentElement.remove());
  }

  /** Keeps exactly one card reachable with Tab, and the counts true. */
  settle() {
    const cards = this.cards();
    if (cards.length && !cards.some((card) => card.tabIndex === 0)) cards[0].tabIndex = 0;
    const seen = new Set();
    for (const card of cards) {
      card.parentElement.classList.toggle("dubbel", seen.has(card.dataset.incident));
      seen.add(card.dataset.incident);
    }
    const urgent = cards.filter((card) => card.classList.contains("kaart--spoed")).length;
    const total = cards.length + this.elsewhere;
    document.getElementById("leeg").hidden = total > 0;
    document.getElementById("aantal").textContent = total === 1 ? zeg("1 signaal") : zeg("%(n)s signalen", { n: total });
    const shown = this.flooded ? cards.filter((card) => card.offsetParent).length : cards.length;
    document.querySelector("#drukte [data-wacht]").textContent = total - shown;
    document.querySelector("#drukte [data-wachtwoord]").textContent =
      total - shown === 1 ? zeg("ander signaal wacht") : zeg("andere signalen wachten");
    const count = total ? `(${total}${urgent ? zeg(", %(n)s spoed", { n: urgent }) : ""}) ` : "";
    document.title = `${root ? "OEFENING – " : ""}${count}${this.list.dataset.naam} – Buurtsignaal`;
  }
}

function order(a, b) {
  return (
    Number(a.dataset.rang) - Number(b.dataset.rang) ||
    a.dataset.ontvangen.localeCompare(b.dataset.ontvangen) ||
    a.dataset.id.localeCompare(b.dataset.id)
  );
}
