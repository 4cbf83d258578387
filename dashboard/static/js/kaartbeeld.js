// SPDX-License-Identifier: EUPL-1.2
// Draws the rows of the list on a map. The list is the truth: nothing is on the map alone.
// Leaflet gets elements instead of markup, because Trusted Types refuses its strings.
import { zeg } from "./teksten.js";
import { root } from "./wortel.js";

const L = window.L;
const box = document.querySelector("#kaartbeeld");
const said = document.querySelector("#kaartuitleg");
const PDOK = "https://service.pdok.nl/brt/achtergrondkaart/wmts/v2_0/standaard/EPSG:3857/{z}/{x}/{y}.png";
const RANKS = ["spoed", "actueel", "niet-urgent"];
// From this zoom level on, streets and landmarks have room for their names.
const NAMES = 16;
// Marks that are closer than this on the screen, in pixels, become one.
const APART = 40;

const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const map = L.map(box, {
  zoomControl: false, attributionControl: false, minZoom: 11, maxZoom: 18,
  fadeAnimation: !calm, zoomAnimation: !calm, markerZoomAnimation: !calm, inertia: !calm,
});

/** Returns the rows with a place, the most urgent first. */
function places() {
  const rows = [...document.querySelectorAll("#regels [data-lat]")];
  const found = rows.map((row) => ({
    row, at: L.latLng(Number(row.dataset.lat), Number(row.dataset.lon)), radius: Number(row.dataset.straal),
  }));
  return found.sort((one, other) => rank(one.row) - rank(other.row));
}

function rank(row) {
  return RANKS.indexOf(row.dataset.urgentie);
}

/** Draws the areas within which the signals are; equal ones once, as the most urgent one. */
function areas(all) {
  const drawn = new Set();
  for (const { row, at, radius } of all) {
    const key = `${at} ${radius}`;
    if (!radius || drawn.has(key)) continue;
    drawn.add(key);
    const inferred = "afgeleid" in row.dataset ? " straal--afgeleid" : "";
    const className = `straal straal--${row.dataset.urgentie}${inferred}`;
    L.circle(at, { radius, className, interactive: false }).addTo(map);
  }
}

/** Returns groups of what lies so close together on the screen that marks would hide each other. */
function groups(all) {
  const found = [];
  for (const place of all) {
    const point = map.project(place.at, map.getZoom());
    const near = found.find((group) => group.point.distanceTo(point) < APART);
    if (near) near.rows.push(place.row);
    else found.push({ point, at: place.at, rows: [place.row] });
  }
  return found;
}

function mark(group) {
  const urgency = group.rows[0].dataset.urgentie;
  const number = document.createElement("span");
  number.textContent = group.rows.length;
  const icon = L.divIcon({ html: number, className: `stip stip--${urgency}`, iconSize: [32, 32] });
  const marker = L.marker(group.at, { icon }).addTo(marks);
  marker.on("click keypress", (event) => {
    if (event.type === "click" || event.originalEvent.key === "Enter") choose(group, true);
  });
  group.element = marker.getElement();
  const names = [...new Set(group.rows.map((row) => row.dataset.naam))];
  const more = names.length > 3 ? zeg(" en meer") : "";
  const n = group.rows.length;
  const count = n === 1 ? zeg("1 signaal") : zeg("%(n)s signalen", { n });
  const label = `${count}: ${names.slice(0, 3).join("; ")}${more}`;
  group.element.setAttribute("aria-label", label);
  group.element.title = label;
}

/** Draws the marks anew; whoever had the focus on one keeps it on the mark of the same row. */
function remark() {
  const held = shown.find((group) => group.element === document.activeElement)?.rows[0];
  marks.clearLayers();
  shown = groups(all);
  shown.forEach(mark);
  if (held) shown.find((group) => group.rows.includes(held)).element.focus();
}

/** Shows which rows and which mark belong together; the focus goes to the row on request. */
function choose(group, focus) {
  document.querySelectorAll(".regel--gekozen").forEach((row) => row.classList.remove("regel--gekozen"));
  document.querySelectorAll(".stip--gekozen").forEach((dot) => dot.classList.remove("stip--gekozen"));
  group.element.classList.add("stip--gekozen");
  for (const row of group.rows) row.classList.add("regel--gekozen");
  if (focus) {
    group.rows[0].focus();
    group.rows[0].scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  }
}

function inscription(feature, at) {
  const text = document.createElement("span");
  text.textContent = feature.properties.name;
  const className = `opschrift opschrift--${feature.properties.kind}`;
  const icon = L.divIcon({ html: text, className, iconSize: [0, 0] });
  return L.marker(at, { icon, interactive: false, keyboard: false });
}

async function ground() {
  if (box.dataset.bron === "pdok") {
    L.tileLayer(PDOK, { maxNativeZoom: 19, minZoom: 6, bounds: [[50.5, 3.2], [53.7, 7.4]] }).addTo(map);
    return null;
  }
  const answer = await fetch(`${root}/kaartlaag`);
  if (!answer.ok) throw new Error(`map layer: ${answer.status}`);
  const world = await answer.json();
  const close = L.layerGroup();
  const far = L.layerGroup().addTo(map);
  const layer = L.geoJSON(world, {
    interactive: false,
    style: ({ properties }) => ({ className: `laag laag--${properties.kind}` }),
    pointToLayer: ({ properties }, at) =>
      L.circleMarker(at, { radius: 4, className: `laag laag--${properties.kind}`, interactive: false }),
    onEachFeature: (feature, drawn) => {
      const { kind, name } = feature.properties;
      if (!name) return;
      const at = kind === "street" ? drawn.getBounds().getCenter() : (drawn.getLatLng?.() ?? drawn.getBounds().getCenter());
      inscription(feature, at).addTo(kind === "neighbourhood" ? far : close);
    },
  });
  layer.addTo(map);
  map.on("zoomend", () => (map.getZoom() >= NAMES ? close.addTo(map) : close.remove()));
  const town = layer.getLayers().filter((part) => part.feature.properties.kind === "neighbourhood");
  return town.length ? L.featureGroup(town).getBounds() : layer.getBounds();
}

function whole() {
  if (all.length) map.fitBounds(L.latLngBounds(all.map((place) => place.at)), { maxZoom: 16, padding: [48, 48] });
  else if (town) map.fitBounds(town);
  else map.setView([52.2, 5.3], 11);
}

const all = places();
const marks = L.layerGroup();
let shown = [];
let town = null;
map.setView(all[0]?.at ?? [52.2, 5.3], 14);
try {
  town = await ground();
} catch {
  said.textContent = zeg("De ondergrond van de kaart kon niet laden. De plekken staan er wel op.");
}
areas(all);
marks.addTo(map);
map.on("zoomend", remark);
whole();
remark();
box.dataset.klaar = all.length;
const without = document.querySelectorAll("#regels > li:not([data-lat])").length;
if (without === 1) said.textContent += ` ${zeg("1 signaal noemt geen plek die op de kaart staat.")}`;
else if (without) said.textContent += ` ${zeg("%(n)s signalen noemen geen plek die op de kaart staat.", { n: without })}`;

document.querySelector(".kaartvak").addEventListener("click", ({ target }) => {
  const button = target.closest("[data-zoom]");
  if (!button) return;
  if (button.dataset.zoom === "in") map.zoomIn();
  else if (button.dataset.zoom === "uit") map.zoomOut();
  else whole();
});

document.querySelector("#regels")?.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-op-kaart]");
  if (!button) return;
  const row = button.closest(".regel");
  const { at } = all.find((place) => place.row === row);
  map.setView(at, Math.max(map.getZoom(), 16), { animate: false });
  const group = shown.find(({ rows }) => rows.includes(row));
  choose(group, false);
  group.element.focus();
  if (box.getBoundingClientRect().top < 0) box.scrollIntoView({ block: "center" });
});
