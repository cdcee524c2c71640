// Conveniences only: every page works without them.
const errors = document.getElementById("errors");
if (errors) errors.focus();

for (const button of document.querySelectorAll('[data-action="print"]')) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

const list = document.querySelector("[data-checklist]");
if (list) {
  const left = document.querySelector("[data-left]");
  const sets = [...list.querySelectorAll("fieldset")];
  const chosen = (set) => set.querySelector("input:checked")?.value || "missing";
  const missing = () => sets.filter((set) => chosen(set) === "missing").length;
  const zh = document.documentElement.lang.startsWith("zh");
  const tell = () => {
    const count = missing();
    left.textContent = count ? (zh ? `还有 ${count} 件没收到。` : `${count} not yet received.`) : zh ? "都齐了。" : "All there.";
  };
  list.addEventListener("change", tell);
  tell();
  const tools = document.querySelector("[data-all]");
  tools.hidden = false;
  tools.addEventListener("click", () => {
    for (const set of sets) set.querySelector('input[value="received"]').checked = true;
    tell();
  });
}

// A second click while the first is under way does nothing (the server would give the same answer anyway).
for (const form of document.querySelectorAll("form[data-form]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
}
addEventListener("pageshow", (event) => {
  // A page the browser kept, shown again after signing out: what was typed is not for the next person.
  if (event.persisted) {
    fetch(location.href, { redirect: "manual" }).then((answer) => answer.type === "opaqueredirect" && location.reload());
  }
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
