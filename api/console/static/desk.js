// What pages of settings, recognition and measurement do beyond forms: a secret that is shown once can be copied.
"use strict";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy-secret]");
  if (!button) return;
  const shown = button.closest(".secret").querySelector("[data-secret]");
  try {
    await navigator.clipboard.writeText(shown.textContent);
    button.textContent = button.dataset.copySecret;
  } catch {
    // Without a secure address there is no clipboard: the text is marked, to be copied by hand.
    window.getSelection().selectAllChildren(shown);
  }
});
