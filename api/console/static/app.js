// What every page does beyond plain links and forms. No page needs it to be read; errors are shown where they happened.
"use strict";

document.documentElement.classList.remove("no-script");
// On a phone a row of tabs is wider than the window: where one is shall be in sight.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const row = tab.closest(".tabs");
  row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.clientWidth) / 2;
}

// What was pressed may stand apart from its form: many buttons of a page share one.
function origin({ elt, requestConfig }) {
  const by = requestConfig?.triggeringEvent?.submitter;
  return by && !elt.contains(by) ? by : elt;
}

function placeFor(element) {
  const form = element.closest("form") || element;
  return form.querySelector(".problem-place") || element.parentElement?.querySelector(".problem-place") || null;
}

function showProblem(element, content) {
  let place = placeFor(element);
  if (!place) {
    place = document.createElement("div");
    place.className = "problem-place";
    place.setAttribute("role", "alert");
    document.getElementById("main").prepend(place);
  }
  place.replaceChildren(content);
  place.scrollIntoView({ block: "nearest" });
}

function sentence(text, id) {
  const box = document.createElement("div");
  box.className = "problem";
  box.append(Object.assign(document.createElement("p"), { textContent: text }));
  if (id) {
    const line = Object.assign(document.createElement("p"), { className: "problem-id", textContent: `${document.body.dataset.problemId} ` });
    line.append(Object.assign(document.createElement("code"), { textContent: id }));
    box.append(line);
  }
  return box;
}

// The id of a request is ours, so that one that was never answered can be found in the log, too.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  detail.headers["X-Request-ID"] = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
});
const idOf = ({ xhr, requestConfig }) => xhr?.getResponseHeader("X-Request-ID") || requestConfig?.headers["X-Request-ID"] || "";

// The service's own error box is our markup, escaped there; anything else, such as a gateway's page, is only named.
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  const isOurs = (xhr.getResponseHeader("Content-Type") || "").startsWith("text/html") && xhr.getResponseHeader("X-Request-ID");
  const parsed = isOurs ? new DOMParser().parseFromString(xhr.responseText, "text/html").querySelector(".problem") : null;
  showProblem(origin(event.detail), parsed || sentence(problemText(xhr) || document.body.dataset.oddAnswer, idOf(event.detail)));
});
function problemText(xhr) {
  const known = document.body.getAttribute(`data-status-${xhr.status}`);
  if (known) return known;
  try { return JSON.parse(xhr.responseText).detail || ""; } catch { return ""; }
}
document.addEventListener("htmx:sendError", (event) => showProblem(origin(event.detail), sentence(document.body.dataset.unreachable, idOf(event.detail))));
document.addEventListener("htmx:timeout", (event) => showProblem(origin(event.detail), sentence(document.body.dataset.tooSlow, idOf(event.detail))));
document.addEventListener("htmx:beforeRequest", (event) => placeFor(origin(event.detail))?.replaceChildren());

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-menu]");
  if (!button) return;
  const isOpen = document.body.classList.toggle("menu-open");
  button.setAttribute("aria-expanded", String(isOpen));
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-submit-on-change]");
  if (form) form.requestSubmit();
});

// Files are dropped on, or chosen in, the place that the label is.
function nameChosen(form) {
  const input = form.querySelector("input[type=file]");
  const shown = form.querySelector(".drop-name");
  const file = input.files[0];
  shown.textContent = file ? file.name : shown.dataset.none;
  shown.classList.toggle("drop-chosen", Boolean(file));
}
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-drop]");
  if (form && event.target.type === "file") nameChosen(form);
});
for (const [name, isOver] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
  document.addEventListener(name, (event) => {
    const place = event.target.closest?.(".drop-place");
    if (!place) return;
    event.preventDefault();
    place.classList.toggle("drop-over", isOver);
    if (name === "drop" && event.dataTransfer.files.length) {
      place.querySelector("input[type=file]").files = event.dataTransfer.files;
      nameChosen(place.closest("form"));
    }
  });
}
document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = event.target.querySelector?.("progress.upload");
  if (!bar || !event.detail.lengthComputable) return;
  bar.hidden = false;
  bar.value = (100 * event.detail.loaded) / event.detail.total;
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[data-drop]");
  if (!form) return;
  form.querySelector("progress.upload").hidden = true;
  if (event.detail.successful) { form.reset(); nameChosen(form); }
});
// A page that waits for a job shows what came of it by itself.
document.addEventListener("job-over", () => { if (document.querySelector("[data-reload-when-over]")) window.location.reload(); });
