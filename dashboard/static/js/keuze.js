// SPDX-License-Identifier: EUPL-1.2
// Choosing from a dialog, with one key.

/** A dialog of choices: one key or click chooses, and then the page says where the focus goes. */
export function letChoose(dialog, done, closed) {
  dialog.addEventListener("keydown", (event) => {
    const button = dialog.querySelector(`li:not([hidden]) > [data-toets="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!button || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    done(button.value);
  });
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("button[value]");
    if (button?.dataset.toets) done(button.value);
    else if (button) dialog.close();
  });
  dialog.addEventListener("close", () => closed(dialog.dataset.voor));
}
