// The host page's own clock. What stands on the screen is true as of the last frame; when none has come for a while the
// page says so by itself, greys what it shows and takes no taps, whether the network, the server or its clock stands
// still. A phone that slept has an old page too: the wall clock counts, not the time this script was awake.
// Then it asks for the server, and loads the page again when that answers and the page has not come back by itself.

const ASK_AFTER_SECONDS = 8;
const ASK_EVERY_SECONDS = 3;
const LOAD_AFTER_SECONDS = 6;
const LOAD_AGAIN_SECONDS = 20;
const SETTLE_SECONDS = 0.6;
const SMALLEST = 32;
const LARGEST = { screen: 112, prompter: 220 };
const LOADED = "war-room-host-loaded";
const host = (window.warRoomHost ??= { data: null, at: "", heard: 0, asked: 0, answered: 0, seat: "", since: 0, fitted: "", tell: null });

const seconds = (from) => (Date.now() - from) / 1000;
const alive = () => document.querySelector(".host");

// A frame that repeats the last one is no news while its show runs.
function hear(data) {
  if (data.at !== host.at || !data.moves) host.heard = Date.now();
  host.at = data.at;
  host.data = data;
  if (!old()) host.answered = 0;
}

function old() {
  return host.heard > 0 && seconds(host.heard) > host.data.patience;
}

function warn() {
  const is = old();
  document.body.classList.toggle("host-old", is);
  const text = is ? host.data.old.replace("{n}", Math.floor(seconds(host.heard))) : "";
  for (const box of document.querySelectorAll(".h-old")) if (box.textContent !== text) box.textContent = text;
}

async function reach() {
  if (!old() || seconds(host.heard) < ASK_AFTER_SECONDS || seconds(host.asked) < ASK_EVERY_SECONDS) return;
  host.asked = Date.now();
  try {
    await fetch("./healthz", { cache: "no-store", signal: AbortSignal.timeout(2500) });
    host.answered ||= Date.now();
  } catch {
    host.answered = 0;
    return;
  }
  const last = Number(sessionStorage.getItem(LOADED) ?? 0);
  if (seconds(host.answered) < LOAD_AFTER_SECONDS || seconds(last) < LOAD_AGAIN_SECONDS) return;
  sessionStorage.setItem(LOADED, String(Date.now()));
  location.reload();
}

// A tap just after another line took the place may have been meant for the one before it.
function watchSeat() {
  const seat = document.querySelector(".h-say")?.dataset.seat ?? "";
  if (seat === host.seat) return;
  host.since = host.seat ? Date.now() : 0;
  host.seat = seat;
}

function tapped(event) {
  const button = event.target.closest?.("[data-say]");
  if (!button) return;
  watchSeat();
  const unsettled = button.matches(".h-say") && seconds(host.since) < SETTLE_SECONDS;
  if (old() || unsettled || !host.tell) return;
  button.classList.add("pressed");
  setTimeout(() => button.classList.remove("pressed"), 900);
  navigator.vibrate?.(30);
  host.tell("said", button.dataset.say);
}

async function stayAwake() {
  if (document.visibilityState !== "visible" || !alive() || (host.lock && !host.lock.released)) return;
  try {
    host.lock = await navigator.wakeLock?.request("screen");
  } catch {
    host.lock = null; // not allowed here, or the battery is low
  }
}

// The main line is as large as its box allows; what does not fit at the smallest size makes the page longer instead.
function fit() {
  const box = document.querySelector(".h-now .h-box");
  const text = box?.firstElementChild;
  if (!text || host.fitted === measured(box, text)) return;
  const root = document.documentElement;
  const set = (size) => root.style.setProperty("--say", `${size}px`);
  root.classList.remove("say-long");
  set(SMALLEST);
  const [height, width] = [box.clientHeight, box.clientWidth];
  let [low, high] = [SMALLEST, document.querySelector(".host.prompter") ? LARGEST.prompter : LARGEST.screen];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    set(middle);
    if (text.offsetHeight <= height && text.scrollWidth <= width) low = middle;
    else high = middle - 1;
  }
  set(low);
  root.classList.toggle("say-long", text.offsetHeight > height || text.scrollWidth > width);
  host.fitted = measured(box, text);
}

function measured(box, text) {
  return [text.textContent, window.innerWidth, window.innerHeight, document.fonts.size, box.clientHeight, box.clientWidth].join("|");
}

function watch() {
  if (!alive()) return;
  watchSeat();
  fit();
  warn();
  reach();
}

function begin() {
  window.addEventListener("click", tapped, true);
  document.addEventListener("visibilitychange", () => (stayAwake(), watch()));
  window.addEventListener("resize", fit);
  return setInterval(watch, 200);
}

export default function ({ data, setTriggerValue }) {
  host.tell = setTriggerValue;
  hear(data);
  host.timer ??= begin();
  stayAwake();
  watch();
}
