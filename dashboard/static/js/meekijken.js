// SPDX-License-Identifier: EUPL-1.2
// Says that a page is no longer up to date, without changing what somebody is reading.
import { connect } from "./stroom.js";

const news = document.getElementById("nieuws");
const refs = new Set(news.dataset.refs.split(" "));

connect({
  since: Number(news.dataset.laatste),
  session: news.dataset.sessie,
  onEvent: (event) => {
    // What the model thinks must be gone, or back, at once.
    if (event.kind === "scores.changed") location.reload();
    if (event.kind === "ververs" || refs.has(event.ref)) news.hidden = false;
  },
});
