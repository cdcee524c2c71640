// A diagram to move about in, drawn by bpmn-js from the file itself. Without it the drawing of the server stays.
// The box tells how it went: data-ready with data-warnings, or data-problem.
const LARGEST = 1.2;
const LEGIBLE = [0.6, 0.9];
const LABEL = 90;
const MARK = 40; // the lower right corner is for the mark of bpmn.io
const MARGIN = 24;
const box = document.getElementById("viewer");
const byId = (id) => document.getElementById(id);

// The room for a label was measured for the words of the file.
function widen(bounds) {
  const [x, width] = ["x", "width"].map((name) => Number(bounds.getAttribute(name)));
  const more = Math.max(0, LABEL - width);
  bounds.setAttribute("x", x - more / 2);
  bounds.setAttribute("width", width + more);
}

// Names in the language of the page; what has none there goes unnamed, as in the drawing of the server.
function renamed(xml, names) {
  if (!Object.keys(names).length) return xml;
  const file = new DOMParser().parseFromString(xml, "application/xml");
  for (const element of file.querySelectorAll("[id][name]")) {
    if (element.id in names) element.setAttribute("name", names[element.id]);
  }
  for (const bounds of file.querySelectorAll("BPMNLabel > Bounds")) widen(bounds);
  return new XMLSerializer().serializeToString(file);
}

// The whole diagram with some room around it, small ones not blown up; `legible`: its beginning, when the whole is too
// small to read.
function fit(canvas, legible = false) {
  const { inner, outer } = canvas.viewbox();
  const wide = outer.width / (inner.width + 2 * MARGIN);
  const high = (outer.height - MARK) / (inner.height + 2 * MARGIN);
  const least = legible ? Math.min(Math.max(high, LEGIBLE[0]), LEGIBLE[1]) : 0;
  const scale = Math.max(Math.min(wide, high, LARGEST), least);
  const [width, height] = [outer.width / scale, outer.height / scale];
  const x = width < inner.width ? inner.x - MARGIN : inner.x + inner.width / 2 - width / 2;
  const below = scale > high ? 0 : MARK / scale;
  canvas.viewbox({ x, y: inner.y + inner.height / 2 - (height - below) / 2, width, height });
}

// The wheel scrolls the page, as everywhere; with Ctrl it zooms. One finger moves the diagram.
function listen(canvas, zoomScroll) {
  box.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { left, top } = box.getBoundingClientRect();
    zoomScroll.zoom(-Math.sign(event.deltaY) * 0.2, { x: event.clientX - left, y: event.clientY - top });
  }, { passive: false });
  box.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch" && event.isPrimary) canvas.scroll({ dx: event.movementX, dy: event.movementY });
  });
  const steps = { in: () => zoomScroll.stepZoom(1), out: () => zoomScroll.stepZoom(-1), fit: () => fit(canvas) };
  byId("viewer-tools").addEventListener("click", (event) => {
    steps[event.target.closest("[data-zoom]")?.dataset.zoom]?.();
  });
}

async function show() {
  const { default: Viewer } = await import(box.dataset.library);
  const answer = await fetch(box.dataset.source);
  if (!answer.ok) throw new Error(`${box.dataset.source}: ${answer.status}`);
  box.hidden = false; // it needs a size to be drawn in
  const viewer = new Viewer({ container: box, zoomScroll: { enabled: false } });
  const xml = renamed(await answer.text(), JSON.parse(box.dataset.names));
  const { warnings } = await viewer.importXML(xml);
  for (const warning of warnings) console.warn(warning.message);
  byId("drawing").hidden = true;
  byId("viewer-tools").hidden = byId("viewer-help").hidden = false;
  fit(viewer.get("canvas"), true);
  listen(viewer.get("canvas"), viewer.get("zoomScroll"));
  box.dataset.warnings = String(warnings.length);
  box.dataset.ready = "1";
}

show().catch((error) => {
  console.error(error);
  box.hidden = true;
  byId("viewer-failed").hidden = false;
  box.dataset.problem = error.message;
});
