// SPDX-License-Identifier: EUPL-1.2
// What scripts say, in the language of the page: its catalogue stands in the page itself.

const block = document.getElementById("teksten");
const known = block ? JSON.parse(block.textContent) : {};

/** Returns the Dutch sentence in the language of the page, each `%(name)s` filled in. */
export function zeg(dutch, fields = {}) {
  return (known[dutch] ?? dutch).replace(/%\((\w+)\)s/g, (_, name) => fields[name]);
}
