// Fills the page's slots with the HTML of the panels, in place: what did not change is not touched, so nothing flickers,
// selections and scroll positions survive a tick, and a panel that did not change costs nothing.
// Draws the charts with Plotly, in place too: the viewer's zoom survives a tick.
// Reports the size of the map and what was clicked on it back to Python, and marks the page when ticks stop coming.
// Presses buttons for the keyboard: by the start of their Streamlit key, which is a class of their box in the page; in
// Replay it hands keys to the time axis. A click on the map is told on Live only: in Replay there is nothing to choose for.

const SILENT_SECONDS = 6;
const PLOTLY = "/vendor/plotly.min.js";
const CHART_OPTIONS = { displayModeBar: false, responsive: true, doubleClick: "reset" };
const page = (window.warRoom ??= { panels: {}, charts: {}, version: 0, live: false, heard: 0, watched: 0, size: "", keys: null, chosen: "" });

function sameKind(a, b) {
  return a.nodeType === b.nodeType && a.nodeName === b.nodeName;
}

function copyAttributes(from, to) {
  // Whether a list is open is the viewer's own.
  const own = to.matches?.("details.record") ? "open" : "";
  for (const { name } of [...to.attributes]) if (!from.hasAttribute(name) && name !== own) to.removeAttribute(name);
  for (const { name, value } of [...from.attributes]) if (to.getAttribute(name) !== value) to.setAttribute(name, value);
}

function morph(target, source) {
  const wanted = [...source.childNodes];
  wanted.forEach((node, i) => {
    const old = target.childNodes[i];
    if (!old) target.appendChild(node);
    else if (!sameKind(old, node)) target.replaceChild(node, old);
    else if (node.nodeType === Node.TEXT_NODE) {
      if (old.nodeValue !== node.nodeValue) old.nodeValue = node.nodeValue;
    } else {
      copyAttributes(node, old);
      morph(old, node);
    }
  });
  while (target.childNodes.length > wanted.length) target.lastChild.remove();
}

function fill() {
  for (const slot of document.querySelectorAll("[data-slot]")) {
    const html = page.panels[slot.dataset.slot];
    if (html === undefined || (slot.warRoomHtml === html && slot.hasChildNodes() === (html !== ""))) continue;
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    morph(slot, fresh.content);
    slot.warRoomHtml = html;
  }
}

function loadPlotly() {
  if (page.loading) return;
  page.loading = true;
  const script = document.createElement("script");
  script.src = PLOTLY;
  script.onload = drawCharts;
  script.onerror = () => (page.loading = false);
  document.head.appendChild(script);
}

// Text of a chart follows the page's own type size and family, and so does the margin its labels stand in.
function fitted(layout) {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const font = { ...layout.font, family: getComputedStyle(document.body).fontFamily, size: 0.78 * rem };
  const annotations = layout.annotations.map((note) => ({ ...note, font: { ...note.font, family: font.family, size: font.size } }));
  const margin = { ...layout.margin, r: 8.4 * rem, t: 1.2 * rem, b: 1.35 * rem };
  return { ...layout, font, annotations, margin };
}

function drawCharts() {
  for (const box of document.querySelectorAll("[data-chart]")) {
    const chart = page.charts[box.dataset.chart];
    if (chart === undefined || (box.warRoomVersion === page.version && box.hasChildNodes())) continue;
    if (!chart.data) {
      if (box.classList.contains("js-plotly-plot")) Plotly.purge(box);
      box.replaceChildren(Object.assign(document.createElement("div"), { className: "empty", textContent: chart.empty }));
    } else if (!window.Plotly) {
      loadPlotly();
      continue;
    } else {
      if (!box.classList.contains("js-plotly-plot")) box.replaceChildren();
      Plotly.react(box, chart.data, fitted(chart.layout), CHART_OPTIONS);
    }
    box.warRoomVersion = page.version;
  }
}

function measure() {
  const box = document.querySelector(".st-key-map");
  if (!box || !box.clientWidth) return;
  const size = `${Math.round(box.clientWidth)}x${Math.round(box.clientHeight)}`;
  if (size === page.size) return;
  page.size = size;
  page.report("size", size);
}

// The map's own tooltip says what lies under the pointer, wherever the viewer has moved the camera.
function picked(event) {
  if (!page.live) return;
  const [x, y] = page.pressed ?? [event.clientX, event.clientY];
  if (Math.hypot(event.clientX - x, event.clientY - y) > 5 || !event.target.closest?.(".st-key-map")) return;
  const tip = document.querySelector(".st-key-map .deck-tooltip");
  const what = tip && tip.style.display !== "none" && tip.querySelector("[data-pick]")?.dataset;
  if (!what) return;
  const name = known(what.pick) || (known(what.land) && `land/${what.land}`);
  if (name) page.tell("pick", name);
}

// Where the thing under the pointer has no such property, the map leaves the name in braces as it is.
function known(value) {
  return value && !value.startsWith("{") ? value : "";
}

const TYPING = "input, textarea, select, [contenteditable=true], [role=combobox], [role=listbox], [role=slider]:not(.axis-grip)";
const HELD = ["j", "k", "arrowleft", "arrowright", ",", "."];

function boxes(start, inside = document) {
  return [...inside.querySelectorAll(`[class*="st-key-${CSS.escape(start)}"]`)];
}

function button(start, inside = document) {
  return boxes(start, inside).map((box) => box.querySelector("button:not(:disabled)")).find(Boolean);
}

// A row is known by what its first button is about (verb_place_name), not by its place: rows move up when one is settled.
function name(row) {
  const inner = [...row.querySelectorAll('.stElementContainer[class*="st-key-"]')].find((box) => box.querySelector("button"));
  const own = [...(inner?.classList ?? [])].find((one) => one.startsWith("st-key-")) ?? "";
  return own.replace(/^st-key-[a-z]+_\d+_/, "");
}

function rows() {
  const found = page.keys.rows.flatMap((start) => boxes(start));
  return found.filter((row) => !row.matches(".stElementContainer") && name(row));
}

function mark() {
  const found = page.keys ? rows() : [];
  if (page.chosen && !found.some((row) => name(row) === page.chosen)) page.chosen = "";
  for (const row of document.querySelectorAll("[data-chosen]")) if (name(row) !== page.chosen) row.removeAttribute("data-chosen");
  const row = page.chosen && found.find((one) => name(one) === page.chosen);
  if (row) row.setAttribute("data-chosen", "");
  return row || null;
}

function walk(step) {
  const found = rows();
  const at = found.findIndex((row) => name(row) === page.chosen);
  const next = found[at < 0 ? (step > 0 ? 0 : found.length - 1) : Math.min(found.length - 1, Math.max(0, at + step))];
  page.chosen = next ? name(next) : "";
  mark()?.scrollIntoView({ block: "nearest" });
}

function help(open) {
  document.getElementById("war-room-help")?.remove();
  if (!open) return;
  const box = Object.assign(document.createElement("div"), { id: "war-room-help", tabIndex: -1 });
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-label", page.keys.title);
  const list = document.createElement("dl");
  for (const [letter, text] of page.keys.help) {
    list.append(Object.assign(document.createElement("dt"), { textContent: letter }), Object.assign(document.createElement("dd"), { textContent: text }));
  }
  box.append(Object.assign(document.createElement("h2"), { textContent: page.keys.title }), list);
  box.addEventListener("click", () => help(false));
  document.body.append(box);
  box.focus();
}

// Returns whether the key was one of ours; then nobody else on the page hears of it.
function pressed(key, event) {
  const open = document.getElementById("war-room-help");
  if (key === "?") return help(!open), true;
  if (key === "escape") return (open || page.chosen) && (open ? help(false) : ((page.chosen = ""), mark()), true);
  if (open) return false;
  const act = page.keys.acts[event.shiftKey ? `shift+${key}` : key] ?? page.keys.acts[key];
  if (act) return key === " " && event.target.closest("button, a, summary") ? false : (window.warRoomTimeline?.act(act), true);
  const row = mark();
  if (key === "j" || key === "k") return walk(key === "j" ? 1 : -1), true;
  if (key === "enter") {
    const main = row && !event.target.closest("button, a") && row.querySelector("button:not(:disabled)");
    return main && (main.click(), true);
  }
  const start = page.keys.press[key];
  if (!start) return false;
  // A letter that belongs to rows presses in the selected one only, never in another that happens to stand higher.
  const ofRows = row && rows().some((one) => button(start, one));
  (ofRows ? button(start, row) : button(start))?.click();
  return true;
}

function typed(event) {
  if (!page.keys || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.target.closest?.(TYPING)) return;
  if (event.repeat && !HELD.includes(event.key.toLowerCase())) {
    const ours = page.keys.press[event.key.toLowerCase()] || page.keys.acts[event.key];
    if (ours) event.stopImmediatePropagation(), event.preventDefault();
    return;
  }
  if (!pressed(event.key.toLowerCase(), event)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

// Listens at the window, before anybody else and once for good: what the page draws anew needs no new listener.
function listen() {
  window.addEventListener("keydown", (event) => typed(event), true);
  window.addEventListener("pointerdown", (event) => (page.pressed = [event.clientX, event.clientY]), true);
  window.addEventListener("click", (event) => picked(event), true);
  return true;
}

function watch() {
  fill();
  mark();
  drawCharts();
  measure();
  const now = performance.now();
  // A browser that was itself asleep or busy has not been listening: it starts to wait anew.
  if (now - page.watched > 1000) page.heard = now;
  page.watched = now;
  document.body.classList.toggle("silent", page.live && (now - page.heard) / 1000 > SILENT_SECONDS);
}

export default function ({ data, setStateValue, setTriggerValue }) {
  page.panels = data.panels;
  page.charts = data.charts;
  page.version += 1;
  page.live = data.live;
  page.report = setStateValue;
  page.tell = setTriggerValue;
  page.keys = data.keys;
  page.heard = performance.now();
  fill();
  drawCharts();
  page.timer ??= setInterval(watch, 200);
  page.listens ??= listen();
}
