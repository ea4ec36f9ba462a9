// The clock of Replay, kept in the browser: where the playhead stands, what is asked of the server, what the keys do.
// While playing, the playhead moves with the wall clock and the server is asked for a picture whenever the last one has come;
// so a slow server shows fewer pictures, never late ones. While somebody drags, the newest place wins, and on release the
// exact one is asked for. What draws it follows in timeline.js; both are one script.

const PLAY_GAP = 450, DRAG_GAP = 120, PATIENCE = 10000, CLOSE_PIXELS = 16, STILL_PIXELS = 3, LISTED = 9, TICK_PIXELS = 110;
const MICRO = 1e6, EPSILON = 1e-6, ENTRIES_MAX = 20, DAY = 86400;
const SCALE = [10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY];
const line = (window.warRoomTimeline ??= {
  at: 0, other: null, length: 1, step: 60, marks: [], slots: [], stops: [], legend: [], words: {}, speed: 0, speeds: [], playing: null,
  drag: null, wish: null, number: 0, answered: 0, sent: -1e9, show: "", turning: false,
});

// ---- words and times ------------------------------------------------------------------------------------------------

function two(value) {
  return String(Math.floor(value)).padStart(2, "0");
}

function told(seconds) {
  const sign = seconds < 0 ? "−" : "+", whole = Math.floor(Math.abs(seconds) + EPSILON), rest = whole % DAY;
  if (whole < 36000) return `T${sign}${two(whole / 60)}:${two(whole % 60)}`;
  return `T${sign}${Math.floor(whole / DAY).toLocaleString("en")} d ${two(rest / 3600)}:${two((rest % 3600) / 60)}`;
}

function short(seconds) {
  if (!seconds) return "T";
  return seconds % DAY ? told(seconds) : `${(seconds / DAY).toLocaleString("en")} d`;
}

function clock(seconds) {
  const day = line.length > DAY / 2 ? { month: "short", day: "numeric" } : {};
  const form = new Intl.DateTimeFormat("en-GB", { ...day, hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: line.zone });
  return `${form.format(new Date(line.startsAt + seconds * 1000))} ${line.city}`;
}

function say(word) {
  return line.words[word] ?? word;
}

function make(tag, className, more = {}) {
  return Object.assign(document.createElement(tag), { className, ...more });
}

// ---- asking the server ----------------------------------------------------------------------------------------------

function busy(now) {
  return line.answered < line.number && now - line.sent < PATIENCE;
}

function send(question) {
  line.number += 1;
  line.sent = performance.now();
  line.wish = null;
  line.tell?.("ask", { number: line.number, ...question });
}

function want(question) {
  line.wish = question;
  wake();
}

function here() {
  return { at: Math.round(line.at * MICRO), ...(line.other === null ? {} : { other: Math.round(line.other * MICRO) }) };
}

// ---- the clock ------------------------------------------------------------------------------------------------------

function inside(seconds) {
  return Math.max(0, Math.min(line.length, seconds));
}

function go(seconds) {
  line.at = inside(seconds);
  if (line.playing) start();
  want(here());
  draw();
}

function start() {
  line.playing = { at: line.at, other: line.other ?? line.at, since: performance.now() };
  wake();
}

function stop() {
  line.playing = null;
  line.at = Math.floor(line.at + EPSILON);
  if (line.other !== null) line.other = Math.floor(line.other + EPSILON);
  want(here());
}

function play() {
  const first = Math.min(line.at, line.other ?? line.at), last = Math.max(line.at, line.other ?? line.at);
  if (line.playing) stop();
  else {
    if (last >= line.length - EPSILON) {
      line.at -= first;
      if (line.other !== null) line.other -= first;
      if (Math.max(line.at, line.other ?? 0) >= line.length - EPSILON) return draw();
    }
    start();
  }
  draw();
}

function advance(now) {
  const gone = ((now - line.playing.since) / 1000) * line.speed;
  const by = Math.min(gone, line.length - Math.max(line.playing.at, line.playing.other));
  line.at = line.playing.at + by;
  if (line.other !== null) line.other = line.playing.other + by;
  if (by < gone) {
    line.playing = null;
    want(here());
  }
}

function beat() {
  line.turning = false;
  const now = performance.now();
  if (line.playing && !line.drag) {
    advance(now);
    draw();
  }
  if (!busy(now)) {
    if (line.wish && (!line.drag || now - line.sent >= DRAG_GAP)) send(line.wish);
    else if (line.playing && !line.drag && now - line.sent >= PLAY_GAP) {
      const whole = { at: Math.floor(line.at) * MICRO };
      send(line.other === null ? whole : { ...whole, other: Math.floor(line.other) * MICRO });
    }
  }
  if (line.playing || line.wish) wake();
}

function wake() {
  if (line.turning) return;
  line.turning = true;
  requestAnimationFrame(() => line.beat());
}

// ---- what the buttons and the keyboard do ----------------------------------------------------------------------------

function mark(ahead) {
  const slack = line.playing && !ahead ? line.speed : EPSILON;
  const found = ahead ? line.stops.find((t) => t > line.at + slack) : line.stops.findLast((t) => t < line.at - slack);
  go(found ?? (ahead ? line.length : 0));
}

function entry(by) {
  line.playing = null;
  const before = line.wish?.entry ?? 0;
  want({ ...(line.at === line.shown ? {} : here()), entry: Math.max(-ENTRIES_MAX, Math.min(ENTRIES_MAX, before + by)) });
  draw();
}

function hurry(by) {
  const place = line.speeds.indexOf(line.speed) + by;
  pace(line.speeds[Math.max(0, Math.min(line.speeds.length - 1, place))]);
}

function pace(speed) {
  line.speed = speed;
  if (line.playing) start();
  draw();
}

const ACTS = {
  play,
  back: () => go(Math.ceil(line.at - EPSILON) - line.step),
  ahead: () => go(Math.floor(line.at + EPSILON) + line.step),
  before: () => mark(false),
  next: () => mark(true),
  entry_back: () => entry(-1),
  entry_ahead: () => entry(1),
  slower: () => hurry(-1),
  faster: () => hurry(1),
  home: () => go(0),
  end: () => go(line.length),
  keys: () => window.dispatchEvent(new KeyboardEvent("keydown", { key: "?" })),
};
