// SPDX-License-Identifier: EUPL-1.2
// What every page can do: light or dark, copy buttons, ages that stay true.
import { zeg } from "./teksten.js";

document.documentElement.classList.add("js");

const button = document.querySelector("[data-thema-knop]");
const system = matchMedia("(prefers-color-scheme: dark)");

function theme() {
  return document.documentElement.dataset.thema ?? (system.matches ? "donker" : "licht");
}

function label() {
  button.textContent = theme() === "donker" ? zeg("Lichte kleuren") : zeg("Donkere kleuren");
}

if (button) {
  button.hidden = false;
  label();
  system.addEventListener("change", label);
  button.addEventListener("click", () => {
    const next = theme() === "donker" ? "licht" : "donker";
    document.documentElement.dataset.thema = next;
    document.cookie = `thema=${next}; path=/; max-age=31536000; samesite=lax`;
    label();
  });
}

document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-kopieer]");
  if (!copy) return;
  const source = copy.closest("section").querySelector("[data-kopieerbron]");
  try {
    await navigator.clipboard.writeText(source.textContent);
    copy.textContent = zeg("Gekopieerd");
  } catch {
    getSelection().selectAllChildren(source);
    copy.textContent = zeg("Geselecteerd: druk Ctrl+C");
  }
  setTimeout(() => (copy.textContent = zeg("Kopieer tekst")), 2_500);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-afdrukken]")) print();
});

function age(then) {
  const seconds = Math.max(0, (Date.now() - then) / 1_000);
  if (seconds < 60) return zeg("zojuist");
  if (seconds < 3_600) return zeg("%(n)s min geleden", { n: Math.floor(seconds / 60) });
  if (seconds < 86_400) return zeg("%(n)s uur geleden", { n: Math.floor(seconds / 3_600) });
  const days = Math.floor(seconds / 86_400);
  return days === 1 ? zeg("1 dag geleden") : zeg("%(n)s dagen geleden", { n: days });
}

setInterval(() => {
  for (const time of document.querySelectorAll("time[data-leeftijd]")) {
    const text = age(Date.parse(time.dateTime));
    if (time.textContent !== text) time.textContent = text;
  }
}, 15_000);
