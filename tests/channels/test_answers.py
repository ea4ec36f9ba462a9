"""What an answer says before its body is read: when, too many calls, failed, refused."""

import pytest

from dashboard.channels import answers
from dashboard.channels.adapter import Response, Throttled, Unreadable


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("Wed, 09 Feb 2022 13:21:25 GMT", 1_644_412_885_000_000),
        ("Wed, 09 Feb 2022 13:21:25", 1_644_412_885_000_000),
        ("Wed, 31 Dec 1969 13:21:25 GMT", None),
        ("Wed, 09 Feb 99999 13:21:25 GMT", None),
        ("soon", None),
        ("", None),
    ],
)
def test_the_platforms_clock_is_read_or_none(text: str, micros: int | None) -> None:
    assert answers.answered_at(Response(200, {"date": text})) == micros
    assert answers.answered_at(Response(200)) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2.5", 2.5),
        ("0", 0.0),
        ("1e9", answers.WAIT_SECONDS_MAX),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("", None),
    ],
)
def test_a_pause_asked_for_is_bounded(text: str, seconds: float | None) -> None:
    assert answers.wait_seconds(Response(429, {"retry-after": text})) == seconds


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(429, "throttled"), (500, "unknown"), (408, "unknown"), (409, "unknown"), (404, "refused"), (302, "refused")],
)
def test_a_status_tells_what_became_of_a_push_and_of_a_reading(status: int, outcome: str) -> None:
    response = Response(status, {"retry-after": "3"})
    pushed = answers.not_done("Shop", response)
    assert pushed is not None
    assert pushed.outcome == outcome
    with pytest.raises(Unreadable) as refused:
        answers.refuse("Shop", response)
    assert isinstance(refused.value, Throttled) == (outcome == "throttled")
    assert pushed.retry_after_seconds == getattr(refused.value, "retry_after_seconds", None)
    assert pushed.sentence == str(refused.value)


def test_a_success_is_told_by_its_body() -> None:
    answers.refuse("Shop", Response(204))
    assert answers.not_done("Shop", Response(200)) is None


def test_a_reason_takes_the_place_of_advice() -> None:
    assert answers.sentence("Shop", 403, "Access denied.") == "Shop answered 403: Access denied."
    assert answers.sentence("Shop", 403) == "Shop answered 403: the token may not do this; give it the right to."
