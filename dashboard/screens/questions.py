"""The questions' panel: what viewers ask now, the drafted answers, and a box to paste a question into.

    questions_asked.asked -> cards with buttons       answered: publish_line (kind "answer") + say_line, then forgotten
    paste box -> understood once -> select boxes -> drafted on the present frame

`draw(frame, submit, say, channel)` places all of it; it belongs into a container that ticks, so that what it says is
true now. Drafts are made for what is on the screen only, once a tick for all viewers.
Invariants: buttons are there only for who may publish and say a line; an answer is published with its fact before the
comments are forgotten; a draft that is not known is never published. What was pasted stays with its viewer.
What can fail: the room refuses; whoever places the panel draws `answers.said` below it. An endpoint that rewords may be
set up (`[wording]`); it is asked on a press and read here when it has answered, and the draft stands whatever it says.
"""

from collections.abc import Sequence
from typing import Any
from zlib import crc32

import msgspec
import streamlit as st

from dashboard.channels import wording
from dashboard.screens import questions_asked as asking
from dashboard.screens.answers import able, named, renew, tell
from dashboard.screens.door import ACTOR, Submit, ask, done
from dashboard.screens.marks import Frame, number, safe, shape
from dashboard.screens.once import once
from dashboard.screens.panels import questions as panel
from dashboard.screens.questions_asked import Ask
from dashboard.screens.words import Say, english
from dashboard.speech.phrases import place_name
from dashboard.speech.questions import INTENTS, Question, understand

ASKS_MAX, UNKNOWN_MAX, PASTED_MAX = 4, 3, 8
PASTE_CHARACTERS_MAX = 4_000


def draw(frame: Frame, submit: Submit | None, say: Say = english, channel: str = "", tone: str = "calm") -> None:
    """Draw what is asked on a channel (empty: on all of the show) and the paste box; without `submit` no buttons."""
    channels = tuple(row["channel"] for row in frame["channels"] if not channel or row["channel"] == channel)
    found = once(frame, ("asked", frame["show"], channels), lambda: asking.asked(frame, channels))
    gone, whole = st.session_state.get("asks_gone", {}), bool(st.session_state.get("asks_all"))
    known, unknown = ([one for one in rows if one.at > gone.get(one.key, -1)] for rows in (found.known, found.unknown))
    _known(frame, submit, say, known if whole else known[:ASKS_MAX], tone)
    _unknown(frame, submit, say, unknown if whole else unknown[:UNKNOWN_MAX], len(unknown))
    more = max(0, len(known) - ASKS_MAX) + max(0, len(unknown) - UNKNOWN_MAX)
    if more:
        label = say("fewer") if whole else f"+{more} {say('more')}"
        st.button(label, key="asks_more", type="tertiary", on_click=_turn)
    if found.unread:
        st.html(panel.note(f"+{found.unread}"))
    with st.expander(say("Paste a question"), key="ask_paste"):
        _paste(frame, submit, say, channels, tone)


def waiting(frame: Frame, channel: str = "") -> int:
    """Count the questions that wait, for a tab's head."""
    channels = tuple(row["channel"] for row in frame["channels"] if not channel or row["channel"] == channel)
    found = once(frame, ("asked", frame["show"], channels), lambda: asking.asked(frame, channels))
    return len(found.known)


def _known(frame: Frame, submit: Submit | None, say: Say, asks: Sequence[Ask], tone: str) -> None:
    if not asks:
        st.html(f'<div class="empty">{shape("grey")}{safe(say("Nobody asks anything now"))}</div>')
    for position, one in enumerate(asks):
        with st.container(key=f"ask_{position}", gap=None):
            _one(frame, submit, say, one, tone)


def _turn() -> None:
    st.session_state.asks_all = not st.session_state.get("asks_all")


def _one(frame: Frame, submit: Submit | None, say: Say, one: Ask, tone: str) -> None:
    """One question that was asked: its card, its answer, and what may be done with it."""
    draft = _draft(frame, one.channel, one.asked)
    st.html(panel.card(frame, _row(one.asked, one.channel, one.times, say), draft, say))
    text = _answer(draft, say, one.key, tone, asking.names(frame), submit)
    if submit and able(submit, "publish_line", "say_line"):
        with st.container(key=f"ask_do_{_short(one.key)}", horizontal=True, gap="small"):
            if draft["known"]:
                told = (frame["show"], submit, one, dict(draft), text, tone)
                st.button(say("Answered"), key=f"answered_{one.key}", type="primary", on_click=_answered, args=told)
            st.button(say("Dismiss"), key=f"aside_{one.key}", on_click=_put_aside, args=(one,))


def _unknown(frame: Frame, submit: Submit | None, say: Say, asks: Sequence[Ask], count: int) -> None:
    """What was not understood, apart and not hidden."""
    if not asks:
        return
    st.html(f"<div class='ask_head'>{safe(say('Not understood'))} · {number(count)}</div>")
    for one in asks:
        with st.container(key=f"ask_do_{_short(one.key)}", horizontal=True, wrap=False, gap="small"):
            draft = {"known": False, "why": "", "fact": {}, "text": ""}
            st.html(panel.card(frame, _row(one.asked, one.channel, one.times, say), draft, say), width="stretch")
            if submit and able(submit, "publish_line"):
                st.button(say("Dismiss"), key=f"aside_{one.key}", on_click=_put_aside, args=(one,), wrap=False)


def _answer(draft: Any, say: Say, key: str, tone: str, names: Sequence[str], submit: Submit | None) -> str:
    """Show an answer with its copy button, reworded if that was asked and passed; returns what stands there."""
    text = str(draft["text"])
    reworder = wording.serving()
    if not text or not draft["known"] or reworder is None or submit is None:
        if text:
            st.code(text, language=None, wrap_lines=True)
        return text
    found = reworder.state(text, draft["language"], tone)
    text = found.text if found.status == "taken" else text
    st.code(text, language=None, wrap_lines=True)
    if found.status == "refused":
        st.html(panel.note("The draft stands", "", say) + f'<div class="ask_note">{safe(found.why)}</div>')
    if found.status != "taken":
        st.button(
            say("Reword"),
            key=f"reword_{key}",
            type="tertiary",
            disabled=found.status == "waiting",
            on_click=reworder.ask,
            args=(str(draft["text"]), draft["language"], tone, names),
        )
    return text


def _answered(show: str, submit: Submit, one: Ask, draft: Any, text: str, tone: str) -> None:
    """Publish the answer with its fact, note that it was said, and forget who asked; refused, all stays as it is."""
    if publish(show, submit, one.channel, one.key, draft | {"text": text}, tone):
        _put_aside(one)


def _put_aside(one: Ask) -> None:
    """Forget a question for everybody; here it is gone at once, not with the next tick."""
    asking.drop(one)
    st.session_state.setdefault("asks_gone", {})[one.key] = one.at


def _note(show: str, submit: Submit, channel: str, key: str, draft: Any, tone: str) -> None:
    publish(show, submit, channel, key, draft, tone)


def publish(show: str, submit: Submit, channel: str, key: str, draft: Any, tone: str = "calm") -> bool:
    """Write an answer down as a claim and that it was said; pressed twice it is the same deed."""
    what = ("answer", channel, key)
    line = f"answer/{named(what)}"
    common = {"id": named(what), "show": show, "actor": ACTOR, "source": "/operator", "line": line}
    said = {name: draft[name] for name in ("language", "text", "fact")}
    published = common | said | {"type": "publish_line", "channel": channel, "kind": "answer", "register": tone}
    (answer,) = submit([published])
    if done(answer):
        answer = ask(submit, "say_line", show, f"{named(what)}/said", line=line)
    if done(answer):
        renew(what)
    tell(answer)
    return done(answer)


# --- the paste box --------------------------------------------------------------------------------------------


def _paste(frame: Frame, submit: Submit | None, say: Say, channels: tuple[str, ...], tone: str) -> None:
    """A question, or many lines of them, and what each was understood as."""
    state = st.session_state
    with st.form("paste_form", border=False):
        if len(channels) > 1:
            st.selectbox(say("Channel"), channels, key="paste_channel")
        st.text_area(say("Questions, one a line"), key="paste_text", max_chars=PASTE_CHARACTERS_MAX, height=80)
        st.form_submit_button(say("Understand"), key="paste_go", on_click=_read, args=(frame, channels))
    for position, kept in enumerate(state.get("pasted", ())):
        with st.container(key=f"pasted_{position}", gap="small"):
            _pasted(frame, submit, say, position, kept, tone)


def _read(frame: Frame, channels: tuple[str, ...]) -> None:
    """Understand what was pasted, once."""
    state = st.session_state
    channel = state.get("paste_channel") if state.get("paste_channel") in channels else (channels or ("",))[0]
    lines = [line.strip() for line in str(state.get("paste_text") or "").splitlines() if line.strip()]
    hint = next((row["language"] for row in frame["channels"] if row["channel"] == channel), "")
    state.paste_round = state.get("paste_round", 0) + 1
    state.pasted = [
        msgspec.to_builtins(understand(line, frame["skus"], frame["regions"], hint)) | {"channel": channel}
        for line in lines[:PASTED_MAX]
    ]


def _pasted(frame: Frame, submit: Submit | None, say: Say, position: int, kept: dict[str, Any], tone: str) -> None:
    """One pasted question: what it was understood as, correctable, and its answer."""
    told = {name: value for name, value in kept.items() if name != "channel"}
    question = _corrected(frame, say, position, msgspec.convert(told, Question))
    draft = _draft(frame, kept["channel"], question)
    st.html(panel.card(frame, _row(question, kept["channel"], 0, say), draft, say))
    key = f"pasted_{st.session_state.paste_round}_{position}"
    text = _answer(draft, say, key, tone, asking.names(frame), submit)
    if draft["known"] and submit and able(submit, "publish_line", "say_line"):
        args = (frame["show"], submit, kept["channel"], key, dict(draft) | {"text": text}, tone)
        st.button(say("Answered"), key=f"answered_{key}", on_click=_note, args=args)


def _corrected(frame: Frame, say: Say, position: int, question: Question) -> Question:
    """The question as a person corrects it: what is asked, which product, which place."""
    round_ = st.session_state.paste_round
    skus = ["", *(row["sku"] for row in frame["skus"])]
    places = list(dict.fromkeys(["", question.country, *_places(frame)]))
    here = question.country or (f"/{question.region}" if question.region else "")
    left, middle, right = st.columns(3, gap="small")
    with left:
        intent = st.selectbox(
            say("Question"), INTENTS, INTENTS.index(question.intent), key=f"intent_{round_}_{position}",
            format_func=lambda name: say(panel.INTENT_WORDS.get(str(name), str(name))),
        )  # fmt: skip
    with middle:
        sku = st.selectbox(
            say("Product"), skus, _at(skus, question.sku), key=f"sku_{round_}_{position}",
            format_func=lambda name: panel.title(frame, name) or say("on screen"),
        )  # fmt: skip
    with right:
        place = st.selectbox(
            say("Place"), places, _at(places, here), key=f"place_{round_}_{position}",
            format_func=lambda name: _called(frame, name, say) or say("the channel's"),
        )  # fmt: skip
    skus_meant = question.skus if sku == question.sku else ()
    country, region = _place(frame, place)
    return msgspec.structs.replace(
        question, intent=intent, sku=sku, skus=skus_meant, country=country, region=region,
        named=question.named and sku == question.sku,
    )  # fmt: skip


def _places(frame: Frame) -> list[str]:
    """Regions of the show as `/US`, then their countries."""
    countries = sorted({country for row in frame["regions"] for country in row["countries"]})
    return [*(f"/{row['region']}" for row in frame["regions"]), *countries]


def _place(frame: Frame, chosen: str) -> tuple[str, str]:
    """Country and region of a chosen place."""
    if chosen.startswith("/"):
        return "", chosen[1:]
    return chosen, next((row["region"] for row in frame["regions"] if chosen in row["countries"]), "")


def _called(frame: Frame, place: str, say: Say) -> str:
    if place.startswith("/"):
        return next(
            (str(row["name"] or place[1:]) for row in frame["regions"] if row["region"] == place[1:]), place[1:]
        )
    return place_name(place, say.language, place) if place else ""


def _at(choices: Sequence[str], wanted: str) -> int:
    return choices.index(wanted) if wanted in choices else 0


# --- small things ---------------------------------------------------------------------------------------------


def _draft(frame: Frame, channel: str, question: Question) -> Any:
    """The draft of a question on this frame, made once for all viewers."""
    parts = (question.intent, question.sku, question.skus, question.country, question.region, question.named)
    name = ("draft", frame["show"], channel, question.language, *parts)
    return once(frame, name, lambda: asking.drafted(frame, channel, question))


def _row(question: Question, channel: str, count: int, say: Say) -> Frame:
    place = question.country or question.region
    return {
        "channel": channel,
        "text": question.text,
        "language": question.language,
        "intent": question.intent,
        "sku": question.sku,
        "place": place_name(place, say.language, place) if place else "",
        "count": count,
    }


def _short(key: str) -> str:
    """A key of letters and digits: Streamlit makes a class of it."""
    return f"{crc32(key.encode())}"
