// Fills the page's slots with the HTML of the panels, in place: what did not change is not touched, so nothing flickers,
// selections and scroll positions survive a tick, and a panel that did not change costs nothing.
// Draws the charts with Plotly, in place too: the viewer's zoom survives a tick.
// Reports the size of the map back to Python, and marks the page when ticks stop coming.

const SILENT_SECONDS = 6;
const PLOTLY = "/vendor/plotly.min.js";
const CHART_OPTIONS = { displayModeBar: false, responsive: true, doubleClick: "reset" };
const page = (window.warRoom ??= { panels: {}, charts: {}, version: 0, live: false, heard: 0, watched: 0, size: "" });

function sameKind(a, b) {
  return a.nodeType === b.nodeType && a.nodeName === b.nodeName;
}

function copyAttributes(from, to) {
  for (const { name } of [...to.attributes]) if (!from.hasAttribute(name)) to.removeAttribute(name);
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

function watch() {
  fill();
  drawCharts();
  measure();
  const now = performance.now();
  // A browser that was itself asleep or busy has not been listening: it starts to wait anew.
  if (now - page.watched > 1000) page.heard = now;
  page.watched = now;
  document.body.classList.toggle("silent", page.live && (now - page.heard) / 1000 > SILENT_SECONDS);
}

export default function ({ data, setStateValue }) {
  page.panels = data.panels;
  page.charts = data.charts;
  page.version += 1;
  page.live = data.live;
  page.report = setStateValue;
  page.heard = performance.now();
  fill();
  drawCharts();
  page.timer ??= setInterval(watch, 200);
}
