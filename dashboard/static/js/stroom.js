// SPDX-License-Identifier: EUPL-1.2
// Connects a page to the live stream and always shows whether that holds.
import { Source } from "./bron.js";
import { zeg } from "./teksten.js";
import { scriptAddress } from "./vertrouwd.js";
import { root } from "./wortel.js";

const WORDS = {
  verbinden: zeg("Verbinden …"),
  verbonden: zeg("Live verbonden"),
  verbroken: zeg("Geen verbinding"),
  uitgelogd: zeg("U bent uitgelogd"),
};
const ALARM = {
  verbroken: zeg("Geen verbinding. U ziet misschien oude signalen. Wij proberen het steeds opnieuw."),
  uitgelogd: zeg("Uw sessie is voorbij. Log opnieuw in om signalen te zien."),
};

/** Calls `onEvent` for each event after id `since`; `session` keeps two logins apart. */
export function connect({ since, session, onEvent }) {
  const onState = (state) => show(state);
  if (!("SharedWorker" in window)) {
    new Source({ root, since, onEvent, onState });
    return;
  }
  const address = new URL("./werker.js", import.meta.url).pathname;
  const worker = new SharedWorker(scriptAddress(address), { name: `buurtsignaal-${session}${root}`, type: "module" });
  worker.port.onmessage = ({ data }) => (data.type === "event" ? onEvent(data.event) : onState(data.state));
  worker.port.start();
  worker.port.postMessage({ type: "hallo", since, root });
  addEventListener("pagehide", () => worker.port.postMessage({ type: "dag" }));
}

function show(state) {
  const label = document.getElementById("verbinding");
  const alarm = document.getElementById("alarm");
  label.dataset.stand = state;
  label.textContent = WORDS[state];
  const text = ALARM[state] ?? "";
  if (alarm.textContent !== text) alarm.textContent = text;
  document.body.classList.toggle("oud", state in ALARM);
}
