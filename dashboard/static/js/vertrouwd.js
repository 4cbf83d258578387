// SPDX-License-Identifier: EUPL-1.2
// The one place where text may become markup or a script address (Trusted Types).
// Markup only ever comes from our own server, which escapes every word of a citizen.

const policy = window.trustedTypes?.createPolicy("buurtsignaal", {
  createHTML: (markup) => markup,
  createScriptURL: (address) => {
    if (!address.startsWith("/static/js/")) throw new TypeError("not one of our own scripts");
    return address;
  },
});

/** Returns the elements that `markup` describes. */
export function elements(markup) {
  const template = document.createElement("template");
  template.innerHTML = policy ? policy.createHTML(markup) : markup;
  return [...template.content.children];
}

/** Returns an address that a worker may be started from. */
export function scriptAddress(address) {
  return policy ? policy.createScriptURL(address) : address;
}
