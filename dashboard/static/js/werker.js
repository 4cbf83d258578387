// SPDX-License-Identifier: EUPL-1.2
// SharedWorker: one stream for all tabs, because a browser allows six connections to a host.
import { Source } from "./bron.js";

const KEEP = 1_000;
const ports = new Set();
const recent = [];
let source = null;
let start = 0;

function send(message) {
  for (const port of ports) port.postMessage(message);
}

function begin(since, root) {
  start = since;
  source = new Source({
    root,
    since,
    onEvent: (event) => {
      recent.push(event);
      if (recent.length > KEEP) start = recent.shift().id;
      send({ type: "event", event });
    },
    onState: (state) => send({ type: "state", state }),
  });
}

/** Gives a tab that joins what happened since its page was made. */
function catchUp(port, since) {
  if (since < start) {
    port.postMessage({ type: "event", event: { kind: "ververs", id: since, ref: "" } });
    return;
  }
  for (const event of recent) if (event.id > since) port.postMessage({ type: "event", event });
}

self.onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    if (data.type === "dag") {
      ports.delete(port);
      return;
    }
    ports.add(port);
    if (source) catchUp(port, data.since);
    else begin(data.since, data.root);
    port.postMessage({ type: "state", state: source.state });
  };
  port.start();
};
