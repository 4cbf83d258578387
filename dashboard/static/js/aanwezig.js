// SPDX-License-Identifier: EUPL-1.2
// Says which card is in hand here, and shows which cards colleagues have in hand.
import { zeg } from "./teksten.js";

import { root } from "./wortel.js";

const AGAIN = 30_000; // The server thinks a screen is away after 150 s.
const REST = 500; // Keys move fast; only a card that somebody stays at counts.

function watching(names) {
  if (!names.length) return "";
  const said = { names: names.join(zeg(" en ")) };
  return names.length === 1 ? zeg("%(names)s kijkt hier ook", said) : zeg("%(names)s kijken hier ook", said);
}

export class Presence {
  #hand = "";
  #told = null;
  #timer = null;
  #asking = null;

  constructor(row, csrf) {
    this.row = row;
    this.csrf = csrf;
    for (const kind of ["focusin", "focusout"]) row.list.addEventListener(kind, () => this.#soon());
    setInterval(() => this.#tell(), AGAIN);
    addEventListener("pagehide", () => {
      this.#hand = "";
      this.#tell();
    });
    this.#soon();
    this.changed();
  }

  /** Something changed somewhere: ask who is where, once for many changes. */
  changed() {
    this.#asking ??= setTimeout(async () => {
      this.#asking = null;
      const answer = await fetch(`${root}/aanwezig`, { headers: { Accept: "application/json" } }).catch(() => null);
      if (answer?.ok) this.#paint(await answer.json());
    }, 200);
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#hand = this.row.focused()?.dataset.id ?? "";
      if (this.#hand !== this.#told) this.#tell();
    }, REST);
  }

  #tell() {
    this.#told = this.#hand;
    const body = new URLSearchParams({ csrf: this.csrf, signaal: this.#hand });
    const headers = { Accept: "application/json" };
    fetch(`${root}/aanwezig`, { method: "POST", headers, body, keepalive: true }).catch(() => (this.#told = null));
  }

  #paint(people) {
    for (const card of this.row.cards()) {
      const label = card.querySelector("[data-aanwezig]");
      const names = people[card.dataset.id] ?? [];
      const text = watching(names);
      if (label.textContent !== text) label.textContent = text;
      label.hidden = !text;
    }
  }
}
