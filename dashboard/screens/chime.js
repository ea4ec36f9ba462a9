// A switch and a tone. The switch is drawn here, so that the press that allows a page to sound is the press itself.
// What was there when the page was opened counts as heard; after that each name sounds once.

const KEY = "war-room-sound";
const TONE_HERTZ = [880, 1175];
const TONE_SECONDS = 0.14;
const chime = (window.warRoomChime ??= { heard: null, sounded: 0, audio: null });

function isOn() {
  return sessionStorage.getItem(KEY) === "on";
}

function sound() {
  chime.audio ??= new AudioContext();
  chime.audio.resume();
  TONE_HERTZ.forEach((hertz, place) => {
    const start = chime.audio.currentTime + place * TONE_SECONDS;
    const tone = new OscillatorNode(chime.audio, { frequency: hertz });
    const volume = new GainNode(chime.audio, { gain: 0 });
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.12, start + 0.02);
    volume.gain.linearRampToValueAtTime(0, start + TONE_SECONDS);
    tone.connect(volume).connect(chime.audio.destination);
    tone.start(start);
    tone.stop(start + TONE_SECONDS);
  });
  chime.sounded += 1;
}

function show(button, data) {
  const on = isOn();
  button.textContent = `♪ ${on ? data.on : data.off}`;
  button.setAttribute("aria-pressed", String(on));
}

export default function ({ data, parentElement }) {
  let button = parentElement.querySelector("button.chime");
  if (!button) {
    button = Object.assign(document.createElement("button"), { type: "button", className: "chime" });
    button.addEventListener("click", () => {
      sessionStorage.setItem(KEY, isOn() ? "off" : "on");
      if (isOn()) sound();
      show(button, button.words);
    });
    parentElement.appendChild(button);
  }
  button.words = data;
  show(button, data);
  const fresh = data.names.filter((name) => chime.heard && !chime.heard.has(name));
  chime.heard ??= new Set();
  data.names.forEach((name) => chime.heard.add(name));
  if (fresh.length && isOn()) sound();
}
