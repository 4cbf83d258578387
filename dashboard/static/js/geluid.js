// SPDX-License-Identifier: EUPL-1.2
// Sound for what is urgent: only after a gesture, and everything it says is on the screen too.
import { zeg } from "./teksten.js";

/** Tones: [Hz, start in seconds, length]. */
const TONES = {
  spoed: [[880, 0, 0.16]],
  roep: [[880, 0, 0.16], [1_175, 0.2, 0.16], [880, 0.4, 0.3]],
};
const PAUSE = 4_000; // A flood must not become one long noise.

export class Sound {
  #context = null;
  #last = { spoed: 0, roep: 0 };

  constructor(button) {
    this.button = button;
    button.addEventListener("click", () => this.#turn(!this.on));
    // A browser stays silent until somebody did something on this very page.
    if (localStorage.getItem("geluid") === "aan") {
      for (const gesture of ["pointerdown", "keydown"]) {
        addEventListener(gesture, () => this.on || this.#wake(), { once: true });
      }
    }
    this.#label();
  }

  get on() {
    return this.#context?.state === "running";
  }

  ring(kind) {
    const now = Date.now();
    if (!this.on || now - this.#last[kind] < PAUSE) return;
    this.#last[kind] = now;
    for (const [pitch, start, length] of TONES[kind]) this.#tone(pitch, start, length);
  }

  #tone(pitch, start, length) {
    const at = this.#context.currentTime + start;
    const tone = this.#context.createOscillator();
    const volume = this.#context.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.25, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + length);
    tone.connect(volume).connect(this.#context.destination);
    tone.start(at);
    tone.stop(at + length);
  }

  async #wake() {
    if (localStorage.getItem("geluid") !== "aan") return;
    this.#context ??= new AudioContext();
    await this.#context.resume();
    this.#label();
  }

  async #turn(on) {
    localStorage.setItem("geluid", on ? "aan" : "uit");
    if (on) {
      await this.#wake();
      this.ring("spoed");
    } else await this.#context?.suspend();
    this.#label();
  }

  #label() {
    const wanted = localStorage.getItem("geluid") === "aan";
    this.button.setAttribute("aria-pressed", String(this.on));
    this.button.textContent = this.on ? zeg("Geluid aan") : wanted ? zeg("Geluid wacht op een klik") : zeg("Geluid uit");
  }
}
