// Ask, plans, events and topics: examples, Enter to send, texts to take along.
"use strict";

document.addEventListener("click", async (event) => {
  const example = event.target.closest("[data-example]");
  if (example) {
    const box = document.getElementById("ask-text");
    box.value = example.textContent.trim();
    box.focus();
    return;
  }
  // Words that are often asked for: they go into the box, where they can still be changed.
  const wish = event.target.closest("[data-wish], [data-wish-for]");
  if (wish) {
    const box = document.getElementById("request");
    event.preventDefault();
    box.value = wish.dataset.wishFor || wish.textContent.trim();
    box.scrollIntoView({ block: "center" });
    box.focus({ preventScroll: true });
    return;
  }
  const button = event.target.closest("[data-copy-button]");
  if (!button) return;
  const box = button.closest("[data-copy]").querySelector("textarea");
  try {
    await navigator.clipboard.writeText(box.value);
  } catch {
    // Without a secure connection browsers have no clipboard: the words are marked, to be copied by hand.
    box.focus();
    box.select();
    return;
  }
  const words = button.textContent;
  button.textContent = button.dataset.done;
  setTimeout(() => { button.textContent = words; }, 2000);
});

// While somebody composes Chinese, Enter takes a word; it sends nothing then.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches("[data-submit-on-enter]")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

// A lock loads the page anew: whoever pressed it by keyboard goes on from the same lock.
const LOCKED = "console-lock";
document.addEventListener("click", (event) => {
  const lock = event.target.closest(".lock[name=address]");
  if (lock) sessionStorage.setItem(LOCKED, lock.value);
});
const pressed = sessionStorage.getItem(LOCKED);
if (pressed !== null) {
  sessionStorage.removeItem(LOCKED);
  const again = [...document.querySelectorAll(".lock[name=address]")].find((lock) => lock.value === pressed);
  again?.focus({ preventScroll: true });
}

// A menu closes by Escape, and by a click beside it.
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.export[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  const menu = document.querySelector("details.export[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
});
