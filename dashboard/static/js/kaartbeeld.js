// SPDX-License-Identifier: EUPL-1.2
// Draws the rows of the list on a map. The list is the truth: nothing is on the map alone.
// Leaflet gets elements instead of markup, because Trusted Types refuses its strings.

const L = window.L;
const box = document.querySelector("#kaartbeeld");
const said = document.querySelector("#kaartuitleg");
const PDOK = "https://service.pdok.nl/brt/achtergrondkaart/wmts/v2_0/standaard/EPSG:3857/{z}/{x}/{y}.png";
const RANKS = ["spoed", "actueel", "niet-urgent"];
//: From this zoom level on, streets and landmarks have room for their names.
const NAMES = 16;

const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const map = L.map(box, {
  zoomControl: false, attributionControl: false, minZoom: 11, maxZoom: 18,
  fadeAnimation: !calm, zoomAnimation: !calm, markerZoomAnimation: !calm, inertia: !calm,
});

/** Returns the rows, one group for each spot, so that no mark hides another one. */
function spots() {
  const found = new Map();
  for (const row of document.querySelectorAll("#regels [data-lat]")) {
    const at = [Number(row.dataset.lat), Number(row.dataset.lon)];
    const key = at.map((degrees) => degrees.toFixed(5)).join();
    if (!found.has(key)) found.set(key, { at, rows: [], radius: 0, inferred: true });
    const spot = found.get(key);
    spot.rows.push(row);
    spot.radius = Math.max(spot.radius, Number(row.dataset.straal));
    spot.inferred &&= "afgeleid" in row.dataset;
  }
  return [...found.values()];
}

function urgency(rows) {
  return RANKS.find((rank) => rows.some((row) => row.dataset.urgentie === rank)) ?? RANKS[2];
}

function mark(spot) {
  const rank = urgency(spot.rows);
  if (spot.radius) {
    const kinds = `straal straal--${rank}${spot.inferred ? " straal--afgeleid" : ""}`;
    L.circle(spot.at, { radius: spot.radius, className: kinds, interactive: false }).addTo(map);
  }
  const number = document.createElement("span");
  number.textContent = spot.rows.length;
  const icon = L.divIcon({ html: number, className: `stip stip--${rank}`, iconSize: [30, 30] });
  const marker = L.marker(spot.at, { icon, riseOnHover: true, zIndexOffset: -100 * RANKS.indexOf(rank) });
  marker.addTo(map).on("click keypress", (event) => {
    if (event.type === "click" || event.originalEvent.key === "Enter") choose(spot, true);
  });
  spot.element = marker.getElement();
  const names = [...new Set(spot.rows.map((row) => row.dataset.naam))];
  const label = spot.rows.length === 1 ? names[0] : `${spot.rows.length} signalen: ${names.slice(0, 3).join("; ")}`;
  spot.element.setAttribute("aria-label", label);
  spot.element.title = label;
}

/** Shows which rows and which mark belong together; the focus goes to the row on request. */
function choose(spot, focus) {
  document.querySelectorAll(".regel--gekozen").forEach((row) => row.classList.remove("regel--gekozen"));
  document.querySelectorAll(".stip--gekozen").forEach((dot) => dot.classList.remove("stip--gekozen"));
  spot.element.classList.add("stip--gekozen");
  for (const row of spot.rows) row.classList.add("regel--gekozen");
  if (focus) {
    spot.rows[0].focus();
    spot.rows[0].scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
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
  const answer = await fetch("/kaartlaag");
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
  layer.addTo(map).bringToBack?.();
  map.on("zoomend", () => (map.getZoom() >= NAMES ? close.addTo(map) : close.remove()));
  const town = layer.getLayers().filter((part) => part.feature.properties.kind === "neighbourhood");
  return town.length ? L.featureGroup(town).getBounds() : layer.getBounds();
}

function whole(all, town) {
  const points = all.map((spot) => spot.at);
  if (points.length) map.fitBounds(L.latLngBounds(points).pad(0.2), { maxZoom: 16 });
  else if (town) map.fitBounds(town);
  else map.setView([52.2, 5.3], 11);
}

const all = spots();
let town = null;
map.setView(all[0]?.at ?? [52.2, 5.3], 14);
try {
  town = await ground();
} catch {
  said.textContent = "De ondergrond van de kaart kon niet laden. De plekken staan er wel op.";
}
// Urgent ones last: what comes later lies on top.
for (const spot of [...all].reverse()) mark(spot);
whole(all, town);
box.dataset.klaar = all.length;
const without = document.querySelectorAll("#regels > li:not([data-lat])").length;
if (without) said.textContent += ` ${without} ${without === 1 ? "signaal noemt" : "signalen noemen"} geen plek die op de kaart staat.`;

document.querySelector(".kaartvak").addEventListener("click", ({ target }) => {
  const button = target.closest("[data-zoom]");
  if (!button) return;
  if (button.dataset.zoom === "in") map.zoomIn();
  else if (button.dataset.zoom === "uit") map.zoomOut();
  else whole(all, town);
});

document.querySelector("#regels")?.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-op-kaart]");
  if (!button) return;
  const row = button.closest(".regel");
  const spot = all.find((known) => known.rows.includes(row));
  choose(spot, false);
  map.setView(spot.at, Math.max(map.getZoom(), 16));
  spot.element.focus();
  if (box.getBoundingClientRect().top < 0) box.scrollIntoView({ block: "center" });
});
