// What Replay's clock looks like: the time axis with marks, slots and playheads, and the transport above it.
// Marks that would lie on each other become one with a count; hovering tells each. Texts from outside are written as text.
// The address in the browser is replaced, not added to, when a picture has come. Follows timeline_clock.js in one script.

// ---- drawing --------------------------------------------------------------------------------------------------------

function left(seconds) {
  return `${((100 * inside(seconds)) / line.length).toFixed(4)}%`;
}

function draw() {
  if (line.box?.isConnected) drawHeads(line.box);
  if (line.bar?.isConnected) drawBar(line.bar);
}

function drawHeads(box) {
  const [other, mine] = box.querySelectorAll(".axis-head");
  other.hidden = line.other === null;
  for (const [head, seconds] of [[mine, line.at], [other, line.other ?? 0]]) {
    head.style.left = left(seconds);
    const grip = head.firstChild;
    grip.setAttribute("aria-valuetext", told(seconds));
    grip.setAttribute("aria-valuenow", String(Math.floor(seconds)));
    grip.setAttribute("aria-valuemax", String(Math.floor(line.length)));
  }
  box.querySelector(".axis-gone").style.width = left(line.at);
  for (const bar of box.querySelectorAll(".axis-slot")) bar.classList.toggle("now", line.at >= bar.span.from && line.at < bar.span.to);
}

function drawBar(bar) {
  const button = bar.querySelector("[data-act=play]");
  button.textContent = line.playing ? "❚❚" : "▶";
  button.title = button.ariaLabel = say(line.playing ? "Pause" : "Play");
  button.setAttribute("aria-pressed", String(Boolean(line.playing)));
  for (const one of bar.querySelectorAll("[data-speed]")) one.setAttribute("aria-pressed", String(Number(one.dataset.speed) === line.speed));
  const legend = bar.querySelector(".transport-legend");
  if (legend.drawn !== line.legend) {
    legend.drawn = line.legend;
    legend.replaceChildren(...line.legend.flatMap((kind) => [make("i", kind.tone, { textContent: kind.shape }), kind.word]));
  }
  for (const field of bar.querySelectorAll("input")) {
    const seconds = field.dataset.half === "other" ? line.other : line.at;
    field.parentElement.hidden = seconds === null;
    if (seconds !== null && document.activeElement !== field) field.value = told(seconds);
  }
}

// ---- the axis -------------------------------------------------------------------------------------------------------

function grouped(rows, width) {
  const groups = [];
  for (const row of rows) {
    const x = (row.t / line.length) * width, last = groups.at(-1);
    if (last && x - last.x < CLOSE_PIXELS) last.rows.push(row);
    else groups.push({ x, rows: [row] });
  }
  return groups;
}

const WORST = ["red", "yellow", "blue"];

function flag(group) {
  const [first] = group.rows, alerts = first.kind === "alert";
  const look = alerts ? [...group.rows].sort((a, b) => WORST.indexOf(a.tone) - WORST.indexOf(b.tone))[0] : first;
  const button = make("button", `axis-flag ${look.tone}`, { type: "button", tabIndex: -1, textContent: look.shape, rows: group.rows });
  button.setAttribute("aria-label", `${told(first.t)} ${first.text}${group.rows.length > 1 ? ` +${group.rows.length - 1}` : ""}`);
  if (group.rows.length > 1) button.append(make("small", "", { textContent: String(group.rows.length) }));
  button.classList.toggle("beside", group.rows.every((row) => row.beside));
  button.style.left = left(first.t);
  button.addEventListener("click", () => go(first.t));
  return button;
}

function fillLane(lane, elements) {
  lane.replaceChildren(...elements);
}

function drawMarks(box) {
  const width = box.clientWidth, lane = (name) => box.querySelector(`.axis-lane.${name}`);
  if (!width) return;
  for (const [name, isOne] of [["deeds", (row) => row.kind !== "alert"], ["alerts", (row) => row.kind === "alert"]]) {
    fillLane(lane(name), grouped(line.marks.filter(isOne), width).map(flag));
  }
  fillLane(lane("slots"), line.slots.map((slot) => {
    const bar = make("div", "axis-slot", { textContent: slot.title, span: slot });
    bar.style.left = left(slot.from);
    bar.style.width = `calc(${left(inside(slot.to) - slot.from)} - 2px)`;
    return bar;
  }));
  const step = SCALE.find((one) => (one / line.length) * width >= TICK_PIXELS) ?? SCALE.at(-1);
  const count = Math.floor((line.length - (step * TICK_PIXELS * 0.6 * line.length) / (step * width)) / step);
  fillLane(lane("scale"), Array.from({ length: Math.max(0, count) + 1 }, (_, n) => {
    const tick = make("span", "", { textContent: short(n * step) });
    tick.style.left = left(n * step);
    return tick;
  }));
  draw();
}

function tip(box, event) {
  const shown = box.querySelector(".axis-tip"), frame = box.getBoundingClientRect();
  const x = Math.max(0, Math.min(frame.width, event.clientX - frame.left)), seconds = (x / frame.width) * line.length;
  const rows = event.target.closest?.(".axis-flag")?.rows, slot = event.target.closest?.(".axis-slot")?.span;
  const lines = [];
  if (rows && !line.drag) {
    for (const row of rows.slice(0, LISTED)) lines.push([`${row.beside ? "B " : ""}${row.shape} ${told(row.t)}`, row.text, row.tone]);
    if (rows.length > LISTED) lines.push(["", `+${rows.length - LISTED} ${say("more")}`, ""]);
  } else {
    const at = line.drag ? line[line.drag.half] : seconds;
    lines.push([told(at), clock(at), ""]);
    if (slot) lines.push([`${told(slot.from)} – ${told(slot.to)}`, slot.title, ""]);
  }
  shown.replaceChildren(...lines.flatMap(([time, text, tone]) => [make("b", tone, { textContent: time }), make("span", "", { textContent: text })]));
  shown.hidden = false;
  const half = shown.offsetWidth / 2;
  shown.style.left = `${Math.max(half, Math.min(frame.width - half, x))}px`;
}

function dragTo(box, event) {
  const frame = box.getBoundingClientRect(), share = (event.clientX - frame.left) / frame.width;
  line[line.drag.half] = inside(Math.round(share * line.length));
  want(here());
  draw();
}

function grab(box, event) {
  if (event.button || event.target.closest(".axis-flag")) return;
  const half = line.other !== null && event.target.closest(".axis-head.other") ? "other" : "at";
  line.drag = { half, x: event.clientX, moved: false, slot: event.target.closest(".axis-slot")?.span };
  box.setPointerCapture(event.pointerId);
  box.classList.add("dragging");
  if (!line.drag.slot) dragTo(box, event);
}

function drag(box, event) {
  if (line.drag) {
    line.drag.moved ||= Math.abs(event.clientX - line.drag.x) > STILL_PIXELS;
    if (line.drag.moved) dragTo(box, event);
  }
  tip(box, event);
}

function release(box) {
  const was = line.drag;
  if (!was) return;
  line.drag = null;
  box.classList.remove("dragging");
  if (was.slot && !was.moved) line.at = was.slot.from;
  if (line.playing) start();
  want(here());
  draw();
}

function axisHead(name, letter) {
  const head = make("div", `axis-head ${name}`), grip = make("i", "axis-grip", { tabIndex: 0, textContent: letter });
  grip.setAttribute("role", "slider");
  grip.setAttribute("aria-label", `${say("Time axis")} ${letter}`);
  grip.setAttribute("aria-valuemin", "0");
  head.append(grip);
  return head;
}

function buildAxis() {
  const box = make("div", "axis");
  for (const name of ["deeds", "alerts", "slots", "scale"]) box.append(make("div", `axis-lane ${name}`));
  box.append(make("div", "axis-gone"), axisHead("other", "B"), axisHead("mine", "A"), make("div", "axis-tip", { hidden: true }));
  box.addEventListener("pointerdown", (event) => grab(box, event));
  box.addEventListener("pointermove", (event) => drag(box, event));
  box.addEventListener("pointerup", () => release(box));
  box.addEventListener("pointercancel", () => release(box));
  box.addEventListener("pointerleave", () => (box.querySelector(".axis-tip").hidden = !line.drag));
  new ResizeObserver(() => line.drawMarks(box)).observe(box);
  return box;
}

function axis(data, parent) {
  if (line.show !== data.show) Object.assign(line, { show: data.show, playing: null, drag: null, wish: null });
  Object.assign(line, { length: data.length, startsAt: data.startsAt, zone: data.zone, city: data.city, marks: data.marks, slots: data.slots.filter((slot) => slot.from < data.length), legend: data.legend, words: data.words });
  line.stops = [...new Set([...data.marks.map((row) => row.t), ...line.slots.map((slot) => slot.from)])].sort((a, b) => a - b);
  let box = parent.querySelector(".axis");
  if (!box) parent.append((box = buildAxis()));
  line.box = box;
  drawMarks(box);
}

// ---- the transport --------------------------------------------------------------------------------------------------

function press(act, text, title) {
  const button = make("button", "", { type: "button", textContent: text, title });
  button.dataset.act = act;
  button.setAttribute("aria-label", title);
  return button;
}

function field(half, title) {
  const box = make("label", "transport-time", { title }), input = make("input", "", { type: "text", autocomplete: "off", spellcheck: false });
  input.dataset.half = half;
  input.setAttribute("aria-label", `${say("Go to")} ${half === "other" ? "B" : "A"}`);
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", () => draw());
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") input.blur();
    if (event.key !== "Enter") return;
    line.playing = null;
    want({ ...here(), text: input.value, half });
    input.blur();
  });
  box.append(make("i", "", { textContent: half === "other" ? "B" : "A" }), input);
  return box;
}

function group(...parts) {
  const box = make("div", "transport-group");
  box.append(...parts);
  return box;
}

function buildBar(data) {
  const bar = make("div", "transport"), entryNumber = make("span", "transport-entry"), said = make("span", "transport-said");
  said.setAttribute("role", "status");
  const speeds = data.speeds.map((speed) => {
    const button = make("button", "", { type: "button", textContent: `${speed}×` });
    button.dataset.speed = String(speed);
    return button;
  });
  const choice = group(...speeds);
  choice.setAttribute("role", "group");
  choice.setAttribute("aria-label", say("Speed"));
  bar.append(
    group(
      press("before", "⇤", say("The mark before")), press("back", `−${data.unit}`, say("One step back")), press("play", "▶", say("Play")),
      press("ahead", `+${data.unit}`, say("One step ahead")), press("next", "⇥", say("The next mark")),
    ),
    choice,
    group(field("at", say("T+mm:ss, a wall clock or a date")), field("other", say("T+mm:ss, a wall clock or a date"))),
    group(press("entry_back", "‹", say("The entry before")), entryNumber, press("entry_ahead", "›", say("The next entry"))),
    said, make("span", "transport-legend"), make("a", "transport-live", { textContent: `● ${say("Live")}` }), press("keys", "?", say("Keyboard")),
  );
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (event.detail) button.blur();
    if (button.dataset.act) line.act(button.dataset.act);
    else pace(Number(button.dataset.speed));
  });
  return bar;
}

function moment(data, parent, tell) {
  line.tell = tell;
  Object.assign(line, { words: data.words, step: data.step, speeds: data.speeds, answered: data.number });
  line.number = Math.max(line.number, data.number);
  if (!line.speeds.includes(line.speed)) line.speed = data.speed;
  let bar = parent.querySelector(".transport");
  if (!bar) parent.append((bar = buildBar(data)));
  line.bar = bar;
  const settled = !line.playing && !line.drag && !line.wish && data.number >= line.number;
  if (settled) Object.assign(line, { at: data.at, shown: data.at, other: data.other });
  else if ((line.other === null) !== (data.other === null)) line.other = data.other;
  bar.querySelector(".transport-entry").textContent = `#${data.entry.toLocaleString("en")}`;
  bar.querySelector(".transport-said").replaceChildren(...(data.said ? [make("b", "", { textContent: data.said })] : []));
  const live = bar.querySelector(".transport-live");
  live.hidden = !data.live;
  live.href = data.live || "#";
  if (!line.drag && location.search !== `?${data.address}`) history.replaceState(history.state, "", `${location.pathname}?${data.address}${location.hash}`);
  draw();
  wake();
}

export default function ({ data, parentElement, setTriggerValue }) {
  Object.assign(line, { act: (name) => ACTS[name]?.(), beat, drawMarks });
  if (data.piece === "axis") axis(data, parentElement);
  else moment(data, parentElement, setTriggerValue);
}
