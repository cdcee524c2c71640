// Keys, drafts and focus of the inbox. The page works without any of this: every row is a link, every button posts.
const DRAFT_DELAY = 700;
const CHORD_MS = 1200;
const PLACES = { i: "/inbox/", d: "/inbox/done" };

const rows = () => [...document.querySelectorAll("#rows .row")];
const current = () => rows().findIndex((row) => row.getAttribute("aria-current") === "true");
const typing = (target) => target.closest("input:not([type=radio]), textarea, select, [contenteditable]");
const byId = (id) => document.getElementById(id);

// --- the chosen row -------------------------------------------------------------------------------------------------
function choose(row) {
  for (const other of rows()) other.toggleAttribute("aria-current", false);
  row.setAttribute("aria-current", "true");
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  if (!all.length) return;
  const row = all[Math.min(all.length - 1, Math.max(0, current() + by))];
  choose(row);
  row.querySelector(".row-title").focus({ preventScroll: true });
  if (document.body.dataset.view === "task" || matchMedia("(min-width: 801px)").matches) open(row);
}

let opening = 0;
function open(row) {
  // Holding j down should not load every case on the way.
  clearTimeout(opening);
  opening = setTimeout(() => row.isConnected && row.querySelector(".row-title").click(), 120);
}

// A fresh list does not know which task stands beside it.
function markShown() {
  const shown = document.querySelector("#detail .scroller");
  const row = rows().find((one) => one.dataset.case === shown?.dataset.case && one.dataset.task === shown?.dataset.task);
  if (row && current() < 0) choose(row);
}

// Coming back to the page after a while: what has arrived meanwhile is there.
const STALE_MS = 60_000;
let fresh = performance.now();
document.addEventListener("visibilitychange", () => {
  if (document.hidden || performance.now() - fresh < STALE_MS || !byId("listing")) return;
  fresh = performance.now();
  window.htmx.ajax("GET", PLACES.i + location.search, { target: "#listing" });
});

document.addEventListener("click", (event) => {
  const title = event.target.closest(".row-title");
  if (title) choose(title.closest(".row"));
});

// --- keys: never while typing or composing, never with modifiers -----------------------------------------------------
const press = (key) => byId("act")?.querySelector(`[data-key="${key}"]`)?.focus();
const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  Enter: () => rows()[current()]?.querySelector(".row-title").click(),
  u: () => (location.href = document.querySelector("[data-action=back]")?.href ?? PLACES.i),
  o: () => byId("opinion")?.focus(),
  a: () => press("a"),
  c: () => press("c"),
  r: () => press("r"),
  f: () => press("f"),
  b: () => press("b"),
  "/": () => byId("q")?.focus(),
  "?": help,
};

function help() {
  byId("help")?.showModal();
}

let chord = 0;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.keyCode === 229) return;
  if (document.querySelector("dialog[open]")) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const after = event.timeStamp - chord < CHORD_MS;
  chord = event.key === "g" ? event.timeStamp : -CHORD_MS;
  if (after && PLACES[event.key]) {
    location.href = PLACES[event.key];
    return;
  }
  // Enter belongs to whatever button, link or summary has the focus.
  if (event.key === "Enter" && event.target.closest("a, button, summary, label")) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-action=help]")) help();
  const phrase = event.target.closest("[data-phrase]");
  const box = byId("opinion");
  if (!phrase || !box) return;
  const space = box.value && !/[\s。；：，]$/.test(box.value) ? "。" : "";
  box.setRangeText(space + phrase.dataset.phrase, box.value.length, box.value.length, "end");
  box.focus();
  box.dispatchEvent(new Event("input", { bubbles: true }));
});

// The diagram is asked for when it is opened, not with every task looked at.
document.addEventListener("toggle", (event) => {
  const box = event.target.open ? event.target.querySelector("[data-load]") : null;
  if (!box) return;
  fetch(box.dataset.load)
    .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer)))
    .then((svg) => {
      box.innerHTML = svg;
      box.removeAttribute("data-load");
    })
    .catch(() => say("failed"));
}, true);

// --- the draft: kept a moment after each change, and at once when the page is left ----------------------------------
let waiting = null;

// Signed in again in another window: the form goes on with the token the server hands out.
function renew(root) {
  const fresh = root?.querySelector("[data-token]")?.dataset.token;
  if (fresh) for (const one of document.querySelectorAll("input[name=csrf_token]")) one.value = fresh;
  return Boolean(fresh);
}

function told(form, state, html) {
  state.innerHTML = html;
  if (renew(state)) keep(form);
}

function keep(form, leaving = false) {
  clearTimeout(waiting?.timer);
  waiting = null;
  const body = new FormData(form);
  const state = form.querySelector("#draft-state");
  fetch(form.dataset.draft, { method: "POST", body, keepalive: leaving, headers: { "HX-Request": "true" } })
    .then((answer) => answer.text().then((text) => {
      if (answer.ok) {
        state.textContent = text;
        byId("act-problem").replaceChildren();
      } else if (answer.headers.has("HX-Retarget")) told(form, state, text);
      else return Promise.reject(answer);
    }))
    .catch(() => (state.textContent = state.dataset.failed));
}

const flush = () => waiting && keep(waiting.form, true);

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-draft]");
  if (!form) return;
  clearTimeout(waiting?.timer);
  waiting = { form, timer: setTimeout(() => keep(form), DRAFT_DELAY) };
});
document.addEventListener("submit", (event) => {
  if (!event.submitter?.hasAttribute("formaction")) return;
  event.stopImmediatePropagation(); // another act: the browser sends the form there, and what is written is kept
  clearTimeout(waiting?.timer);
  waiting = null;
}, true);
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-draft]")) return;
  clearTimeout(waiting?.timer); // what is submitted is no draft any more
  waiting = null;
});
document.addEventListener("visibilitychange", () => document.hidden && flush());
addEventListener("pagehide", flush);
addEventListener("focus", () => {
  const form = document.querySelector("form[data-draft]");
  if (form?.querySelector("[data-problem]")) keep(form);
});

// --- htmx: what is shown decides the view on a phone; an error takes the focus ---------------------------------------
document.addEventListener("htmx:before:swap", flush);
document.addEventListener("htmx:after:swap", (event) => {
  renew(byId("act-problem"));
  const wrong = document.querySelector("#detail [data-focus]");
  wrong?.removeAttribute("data-focus");
  wrong?.focus();
  markShown();
  if (event.detail.ctx?.target?.id !== "detail") return;
  document.body.dataset.view = document.querySelector("#detail .scroller") ? "task" : "list";
  if (!matchMedia("(min-width: 801px)").matches) scrollTo(0, 0);
  const chosen = rows().find((row) => row.getAttribute("aria-current") === "true");
  chosen?.scrollIntoView({ block: "nearest" });
});
document.addEventListener("htmx:error", () => say("failed"));

function say(what) {
  const words = document.body.querySelector(`template[data-say="${what}"]`)?.innerHTML;
  if (words) byId("toast").innerHTML = words;
}

history.replaceState({ ...history.state, htmx: true }, "");
