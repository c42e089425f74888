// The queue of cases by keyboard, the lease's countdown, and words that are shown only when asked for.
"use strict";

const rows = () => [...document.querySelectorAll("[data-queue] .case-row")];
const panel = () => document.getElementById("case");

const openCase = () => panel().querySelector("[data-case]")?.dataset.case || "";
// Words that somebody asked to see stay in sight while they work on the case.
let revealed = "";
function showWords(button, isShown) {
  panel().querySelector("[data-words]").classList.toggle("blurred-lines", !isShown);
  button.setAttribute("aria-pressed", String(isShown));
  const words = button.querySelector("span");
  button.dataset.shows ??= words.textContent;
  words.textContent = isShown ? button.dataset.reveal : button.dataset.shows;
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const now = all.indexOf(document.activeElement);
  const opened = all.findIndex((row) => row.hasAttribute("aria-current"));
  const from = now >= 0 ? now : opened;
  const to = Math.min(Math.max(from + step, 0), all.length - 1);
  all[to].focus();
  all[to].scrollIntoView({ block: "nearest" });
}

function press(key) {
  const target = panel().querySelector(`[data-key="${key}"]`);
  if (!target) return false;
  if (target.matches("input[type=radio]")) { target.checked = true; target.focus(); }
  else if (target.matches("textarea")) target.focus();
  else target.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const typing = event.target.closest("textarea, select, input:not([type=radio]):not([type=checkbox])");
  if (typing) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key === "j" || event.key === "k") move(event.key === "j" ? 1 : -1);
  else if (event.key === "?") document.querySelector("[data-keys]").click();
  else if (!(/^[cvnrsub1-6]$/.test(event.key) && press(event.key))) return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const reveal = event.target.closest("[data-reveal]");
  if (reveal) {
    const isShown = panel().querySelector("[data-words]").classList.contains("blurred-lines");
    revealed = isShown ? openCase() : "";
    showWords(reveal, isShown);
  }
  const filters = event.target.closest("[data-filters]");
  if (filters) {
    const isOpen = document.getElementById("filters").classList.toggle("filters-open");
    filters.setAttribute("aria-expanded", String(isOpen));
  }
  const keys = event.target.closest("[data-keys]");
  if (keys) {
    const list = document.getElementById("keys");
    list.hidden = !list.hidden;
    keys.setAttribute("aria-expanded", String(!list.hidden));
  }
});

// The row that is open is marked, and one that was decided says so; the page's own address stays right.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "case") return;
  document.body.classList.add("has-case");
  const opened = openCase();
  const reveal = panel().querySelector("[data-reveal]");
  if (reveal && revealed === opened) showWords(reveal, true);
  for (const row of rows()) {
    if (row.parentElement.id === `row-${opened}`) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
  const changed = panel().querySelector("[data-row-state]");
  if (changed) tellRow(changed.dataset);
  panel().focus({ preventScroll: true });
  if (window.matchMedia("(max-width: 880px)").matches) window.scrollTo(0, 0);
});

function tellRow({ rowState, label, to: status }) {
  const row = document.getElementById(`row-${rowState}`);
  if (!row) return;
  row.classList.toggle("is-decided", status === "decided");
  const head = row.querySelector(".case-row-head");
  head.querySelector(".badge-state")?.remove();
  for (const old of head.querySelectorAll(".badge-info, .badge-plain")) old.remove();
  const badge = Object.assign(document.createElement("span"), { className: "badge badge-state", textContent: label });
  if (status !== "open") head.querySelector(".priority").before(badge);
}

setInterval(() => {
  for (const shown of document.querySelectorAll("[data-until]")) {
    if (!shown.dataset.until) continue;
    const left = Math.max(0, Math.round((new Date(shown.dataset.until) - Date.now()) / 1000));
    shown.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    shown.classList.toggle("countdown-low", left < 120);
    if (left === 0) leaseOver(shown);
  }
}, 1000);

// What is being written is kept when one's own time is over; a case of somebody else is fetched anew, to be taken.
function leaseOver(shown) {
  shown.dataset.until = "";
  if (shown.dataset.over) shown.textContent = shown.dataset.over;
  else setTimeout(() => window.htmx.ajax("GET", window.location.pathname + window.location.search, { target: "#case" }), 2000);
}
