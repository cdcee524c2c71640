// The account menu closes like a menu; the message fades by itself; the page says when it is ready.
const menu = document.querySelector("details.menu");
if (menu) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

const toast = document.getElementById("toast");
let fading = 0;
const fade = () => {
  clearTimeout(fading);
  toast.classList.remove("gone");
  if (toast.textContent.trim()) fading = setTimeout(() => toast.classList.add("gone"), 12000);
};
if (toast) {
  new MutationObserver(fade).observe(toast, { childList: true, subtree: true, characterData: true });
  toast.addEventListener("click", () => toast.classList.add("gone"));
  fade();
}

document.documentElement.classList.add("js");
// Modules run in the order of the document, all before this event: then every key and button works.
document.addEventListener("DOMContentLoaded", () => {
  document.body.dataset.ready = "1";
});
