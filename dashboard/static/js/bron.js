// SPDX-License-Identifier: EUPL-1.2
// Reads the server's stream and keeps it alive; used by the worker and, without one, by the page.

const KINDS = [
  ...["signal.new", "signal.changed", "signal.done", "signal.escalated", "outbox.dead", "answer.new"],
  ...["group.changed", "scores.changed", "queue.flood", "presence.changed"],
];
const SILENCE = 32_000; // Two heartbeats of 15 s and a little.
const AGAIN = 2_000;

export class Source {
  #source = null;
  #heard = 0;
  #timer = null;

  constructor({ root, since, onEvent, onState }) {
    this.root = root;
    this.last = since;
    this.state = "verbinden";
    this.onEvent = onEvent;
    this.onState = onState;
    this.#open();
    setInterval(() => this.#watch(), 1_000);
  }

  #open() {
    this.#source?.close();
    this.#heard = Date.now();
    const source = new EventSource(`${this.root}/stroom?na=${this.last}`);
    this.#source = source;
    source.addEventListener("klaar", (event) => {
      this.#note(event);
      this.#be("verbonden");
    });
    source.addEventListener("hart", () => (this.#heard = Date.now()));
    source.addEventListener("ververs", () => {
      this.#heard = Date.now();
      this.onEvent({ kind: "ververs", id: this.last, ref: "" });
    });
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        this.#note(event);
        this.onEvent(JSON.parse(event.data));
      });
    }
    source.onerror = () => this.#lost(source);
  }

  #note(event) {
    this.#heard = Date.now();
    if (event.lastEventId) this.last = Number(event.lastEventId);
  }

  #be(state) {
    if (state === this.state) return;
    this.state = state;
    this.onState(state);
  }

  async #lost(source) {
    this.#be("verbroken");
    // The browser retries by itself, except after an answer that was no stream.
    if (source.readyState !== EventSource.CLOSED || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#open();
    }, AGAIN);
    try {
      const answer = await fetch("/wachtwoord", { headers: { Accept: "application/json" }, redirect: "manual" });
      if (answer.status === 401 || answer.status === 403) this.#be("uitgelogd");
    } catch {
      // Still no connection; that is what the screen says already.
    }
  }

  #watch() {
    if (this.#heard && Date.now() - this.#heard > SILENCE) {
      this.#be("verbroken");
      this.#open();
    }
  }
}
