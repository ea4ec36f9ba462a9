"""Wording: an optional endpoint that says a drafted answer in other words, believed only as far as it is checked.

    [wording] of the serve config -> read_wording -> Wording
    draft -> masked -> POST <base_url>/chat/completions -> speech.rewording.check -> filled, or the draft and why

Any server that speaks chat completions as OpenAI does will do; without `[wording]` there is none and nothing is asked.
What is sent is the draft with a mark in place of every fact, its language and its tone: no number, no product, no place
and nothing of what a viewer wrote, so nothing of that can be changed there, or be made to speak. What comes back is
taken only if `check` finds nothing against it.

It is asked when a person presses, in threads of its own (`Reworder.ask`), never on a tick; a page only looks at what
there is (`state`). One answer serves every draft of the same words, whatever its facts are by then. An endpoint that is
slow, huge, broken or hostile costs one wording: answers have a deadline and a size, redirects are not followed, nothing
is asked twice by itself, and after a few failures in a row it is left alone for a minute. Texts and keys are never
logged.
"""

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
import msgspec
from babel import Locale

from dashboard.settings import SettingProblem
from dashboard.speech import rewording
from dashboard.speech.rewording import Masked
from dashboard.speech.rewording_tables import alike, friendly

KEYS = ("base_url", "model", "key_env", "timeout_seconds")
SECONDS, SECONDS_MAX = 6.0, 30.0
ANSWER_BYTES_MAX = 65_536
KEPT_MAX, WAITING_MAX, THREADS = 500, 8, 2
FAILURES_MAX, REST_SECONDS = 3, 60.0
TONES = {"calm": "calm and matter-of-fact", "lively": "warm and lively"}
PROMPT = (
    "You reword one short sentence of a seller in a live show, in the language {language}, {tone}. "
    "Signs such as ⟦1⟧ stand for facts: keep each of them once, unchanged, in the same order, nothing stuck to it. "
    "Keep the other words too; you may add, drop or move only words of this list: {words}. "
    "Words of a group may stand for each other: {alike}. "
    "Add no number, date, time, place, price, name, link, "
    "emoji, promise or urgency, and deny nothing that is not denied. Answer with the sentence and nothing else."
)


class Wording(msgspec.Struct, frozen=True):
    """Where wordings are asked for, of which model, with which key (empty: none), and for how long at most."""

    base_url: str
    model: str
    key: str = ""
    seconds: float = SECONDS

    def __repr__(self) -> str:
        return f"Wording({self.base_url!r}, {self.model!r})"


class State(msgspec.Struct, frozen=True):
    """What became of a wish: nothing yet, a text, or why the draft stands."""

    status: Literal["unasked", "waiting", "taken", "refused"]
    text: str = ""
    why: str = ""


class Failed(Exception):
    """The endpoint gave no answer that can be read; the message is one clause, without anything it sent."""


class _Message(msgspec.Struct):
    content: str


class _Choice(msgspec.Struct):
    message: _Message


class _Completion(msgspec.Struct):
    choices: list[_Choice]


_decode = msgspec.json.Decoder(_Completion).decode
Key = tuple[str, str, str]
"""Masked text, language, tone."""


def read_wording(wanted: Mapping[str, Any], where: str, environment: Mapping[str, str]) -> Wording | None:
    """Read `[wording]` of a serve config, None without one; raises SettingProblem naming file and key."""
    table = wanted.get("wording")
    if table is None:
        return None
    place = f"{where}: [wording]"
    for key in table:
        if key not in KEYS:
            raise SettingProblem(f"{place} has no key {key[:40]!r}; it takes {', '.join(KEYS)}.")
    url, model, name = table.get("base_url"), table.get("model"), table.get("key_env", "")
    parts = urlsplit(url) if isinstance(url, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise SettingProblem(f"{place} base_url is {str(url)[:40]!r}; it takes one such as https://api.example.com/v1.")
    if not isinstance(model, str) or not model.strip():
        raise SettingProblem(f"{place} has no model; write the name the endpoint knows it by.")
    if not isinstance(name, str) or (name and not environment.get(name, "").strip()):
        raise SettingProblem(f"{place} key_env names a variable of the environment that is not set; set it.")
    if name and parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise SettingProblem(f"{place} base_url would send the key in the open; it takes an https:// address.")
    seconds = table.get("timeout_seconds", SECONDS)
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 < seconds <= SECONDS_MAX:
        raise SettingProblem(
            f"{place} timeout_seconds is {str(seconds)[:40]}; it takes 0 to {SECONDS_MAX:g}, such as 6."
        )
    key = environment.get(name, "").strip() if name else ""
    return Wording(str(url).rstrip("/"), model.strip(), key, float(seconds))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Reworder:
    """Asks one endpoint; every method may be called from any thread, and none but `reword` waits."""

    def __init__(self, wording: Wording, clock: Callable[[], float] = time.monotonic) -> None:
        self.wording = wording
        self._clock = clock
        host = urlsplit(wording.base_url).hostname or ""
        self._client = httpx.Client(timeout=wording.seconds, follow_redirects=False, trust_env=not _is_loopback(host))
        self._threads = ThreadPoolExecutor(THREADS, "wording")
        self._lock = threading.Lock()
        self._known: OrderedDict[Key, State] = OrderedDict()
        self._waiting = 0
        self._failures, self._rests_until = 0, 0.0

    # --- for a page -------------------------------------------------------------------------------------------

    def ask(self, text: str, language: str, tone: str = "calm", names: Sequence[str] = ()) -> None:
        """Ask for another wording in the background, unless the same is known or on its way."""
        masked = rewording.masked(text, language)
        if masked is None:
            return
        key = (masked.text, language, tone)
        with self._lock:
            if self._known.get(key, State("refused")).status in ("waiting", "taken"):
                return
            if self._waiting >= WAITING_MAX:
                self._keep(key, State("refused", why="too much is asked at once"))
                return
            self._waiting += 1
            self._keep(key, State("waiting"))
        self._threads.submit(self._work, key, masked, tuple(names))

    def state(self, text: str, language: str, tone: str = "calm") -> State:
        """What became of a wish, with the facts of the present text; the wish may have been for other facts."""
        masked = rewording.masked(text, language)
        if masked is None:
            return State("refused", why="its facts cannot be told apart from its words")
        with self._lock:
            found = self._known.get((masked.text, language, tone), State("unasked"))
        return msgspec.structs.replace(found, text=rewording.filled(found.text, masked.facts)) if found.text else found

    def _keep(self, key: Key, state: State) -> None:
        self._known[key] = state
        self._known.move_to_end(key)
        while len(self._known) > KEPT_MAX:
            self._known.popitem(last=False)

    def _work(self, key: Key, masked: Masked, names: Sequence[str]) -> None:
        state = State("refused", why="the program failed")
        try:
            state = self.reworded(masked, key[1], key[2], names)
        finally:
            with self._lock:
                self._waiting -= 1
                self._keep(key, state)

    # --- for a thread -----------------------------------------------------------------------------------------

    def reword(self, text: str, language: str, tone: str = "calm", names: Sequence[str] = ()) -> tuple[str, str]:
        """Another wording and "", or the draft and why it stands; waits for the endpoint."""
        masked = rewording.masked(text, language)
        if masked is None:
            return text, "its facts cannot be told apart from its words"
        state = self.reworded(masked, language, tone, names)
        return (rewording.filled(state.text, masked.facts), "") if state.status == "taken" else (text, state.why)

    def reworded(self, masked: Masked, language: str, tone: str, names: Sequence[str]) -> State:
        """Another wording of a masked text, with the marks in it, if one comes and nothing speaks against it."""
        if self._clock() < self._rests_until:
            return State("refused", why="the endpoint failed lately and is left alone for a minute")
        try:
            said = self._asked(masked.text, language, tone)
        except (Failed, httpx.HTTPError, httpx.InvalidURL) as problem:
            why = (
                str(problem)
                if isinstance(problem, Failed)
                else f"the endpoint cannot be reached ({type(problem).__name__})"
            )
            self._count(failed=True)
            return State("refused", why=why)
        self._count(failed=False)
        why = rewording.check(masked.text, said, masked.marks, language, names)
        return State("refused", why=why) if why else State("taken", said)

    def _count(self, failed: bool) -> None:
        with self._lock:
            self._failures = self._failures + 1 if failed else 0
            if self._failures >= FAILURES_MAX:
                self._failures, self._rests_until = 0, self._clock() + REST_SECONDS

    def _asked(self, text: str, language: str, tone: str) -> str:
        """One answer of the endpoint; raises Failed or httpx.HTTPError."""
        until = self._clock() + self.wording.seconds
        headers = {"accept": "application/json", "accept-encoding": "identity", "user-agent": "live-war-room"}
        if self.wording.key:
            headers["authorization"] = f"Bearer {self.wording.key}"
        url, body = f"{self.wording.base_url}/chat/completions", self._question(text, language, tone)
        raw = b""
        with self._client.stream("POST", url, headers=headers, json=body) as answer:
            if answer.status_code != httpx.codes.OK:
                raise Failed(f"the endpoint answered {answer.status_code}")
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise Failed("the endpoint packed its answer, which was not asked for")
            for piece in answer.iter_raw():
                raw += piece
                if len(raw) > ANSWER_BYTES_MAX:
                    raise Failed("the endpoint's answer is too large")
                if self._clock() > until:
                    raise Failed("the endpoint was too slow")
        try:
            return _decode(raw).choices[0].message.content.strip().strip('"“”「」').strip()
        except (msgspec.DecodeError, ValueError, IndexError, RecursionError):
            raise Failed("the endpoint's answer is no chat completion") from None

    def _question(self, text: str, language: str, tone: str) -> dict[str, Any]:
        prompt = PROMPT.format(
            language=Locale.parse(language).get_display_name("en"),
            tone=TONES.get(tone, TONES["calm"]),
            words=friendly(language),
            alike=alike(language),
        )
        messages = [{"role": "system", "content": prompt}, {"role": "user", "content": text}]
        return {
            "model": self.wording.model,
            "messages": messages,
            "temperature": 0.3,
            "max_tokens": 300,
            "stream": False,
        }

    def close(self) -> None:
        """Give up what is asked and let go of the connections."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._client.close()


_serving: list[Reworder] = []


def serve_here(reworder: Reworder | None) -> None:
    """Make a reworder the one this process uses (None: none)."""
    _serving[:] = [reworder] if reworder else []


def serving() -> Reworder | None:
    """The reworder of this process, if any."""
    return _serving[0] if _serving else None
