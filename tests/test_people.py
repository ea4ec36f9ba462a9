"""Who somebody is: by what a provider says, by a token, by sitting at this machine; and what is asked in their name."""

from collections.abc import Mapping
from typing import Any

import pytest

from dashboard.decision import commands as c
from dashboard.decision.refusals import Answer
from dashboard.decision.roles import ONLOOKER, OPERATOR, Person
from dashboard.people import LOGIN, OPEN, People, Token, read, serve_here, serving
from dashboard.room import Room
from tests.decision.samples import KINDS, sample
from tests.server.conftest import room as room

ROLES = {"ann@example.com": "strategist", "*@example.com": "host", "*@agency.example": "coordinator"}
HERE = {"host": "127.0.0.1:8501"}


def claims(mail: object = "ann@example.com", **more: Any) -> dict[str, Any]:
    return {"is_logged_in": True, "sub": "a-1", "email": mail, "email_verified": True} | more


@pytest.mark.parametrize(
    ("told", "actor", "role"),
    [
        (claims(), "ann@example.com", "strategist"),
        (claims("ANN@Example.com "), "ann@example.com", "strategist"),
        (claims("bob@example.com"), "bob@example.com", "host"),
        (claims("cyd@agency.example"), "cyd@agency.example", "coordinator"),
        (claims("dan@elsewhere.example"), "dan@elsewhere.example", "viewer"),
        (claims("ann@example.com@evil.example"), "ann@example.com@evil.example", "viewer"),
        (claims("ann@example.com.evil.example"), "ann@example.com.evil.example", "viewer"),
        (claims(email_verified=False), "unverified:a-1", "viewer"),
        (claims(email_verified="true"), "unverified:a-1", "viewer"),
        (claims(email_verified=1), "unverified:a-1", "viewer"),
        (claims(email_verified=None), "unverified:a-1", "viewer"),
        (claims(None), "unverified:a-1", "viewer"),
        (claims(""), "unverified:a-1", "viewer"),
        (claims("@example.com"), "unverified:a-1", "viewer"),
        (claims("ann\n@example.com"), "unverified:a-1", "viewer"),
        (claims("ann b@example.com"), "unverified:a-1", "viewer"),
        (claims(["ann@example.com"]), "unverified:a-1", "viewer"),
        (claims("", sub="operator\x07"), "unverified:unreadable", "viewer"),
        (claims("", sub=None, name="operator"), "unverified:nobody", "viewer"),
    ],
)
def test_a_role_is_given_to_an_address_that_its_provider_vouches_for(
    told: dict[str, Any], actor: str, role: str
) -> None:
    assert People(LOGIN, ROLES).signed_in(told) == Person(actor, role)


def test_an_address_without_a_mark_is_taken_only_where_the_config_says_so() -> None:
    told = claims()
    del told["email_verified"]
    assert People(LOGIN, ROLES).signed_in(told) == Person("unverified:a-1", "viewer")
    assert People(LOGIN, ROLES, trust_unmarked_mail=True).signed_in(told) == Person("ann@example.com", "strategist")
    denied = told | {"email_verified": False}
    assert People(LOGIN, ROLES, trust_unmarked_mail=True).signed_in(denied) == Person("unverified:a-1", "viewer")


def test_who_did_not_sign_in_is_nobody_and_so_is_who_is_not_listed_where_the_list_is_closed() -> None:
    for told in ({}, {"is_logged_in": False}, claims() | {"is_logged_in": False}):
        assert People(LOGIN, ROLES).signed_in(told) is None
    closed = People(LOGIN, ROLES, default="none")
    assert closed.signed_in(claims("dan@elsewhere.example")) is None
    assert closed.signed_in(claims()) == Person("ann@example.com", "strategist")


@pytest.mark.parametrize(
    ("headers", "person"),
    [
        ({}, OPERATOR),
        (HERE, OPERATOR),
        ({"Host": "localhost"}, OPERATOR),
        ({"Host": "LOCALHOST.:8501"}, OPERATOR),
        ({"Host": "[::1]:8501"}, OPERATOR),
        ({"Host": "127.1.2.3:80"}, OPERATOR),
        ({"Host": "war.example.com"}, ONLOOKER),
        ({"Host": "127.0.0.1.nip.example:8501"}, ONLOOKER),
        ({"Host": "localhost.evil.example"}, ONLOOKER),
        ({"Host": "0.0.0.0:8501"}, ONLOOKER),
        ({"Host": "192.168.1.5:8501"}, ONLOOKER),
        ({"Host": ""}, ONLOOKER),
        ({"Host": "[::1"}, ONLOOKER),
        (HERE | {"X-Forwarded-For": "192.0.2.1"}, ONLOOKER),
        (HERE | {"Forwarded": "for=192.0.2.1"}, ONLOOKER),
        (HERE | {"Via": "1.1 proxy"}, ONLOOKER),
    ],
)
def test_the_operator_sits_at_this_machine_and_calls_it_by_its_own_name(
    headers: Mapping[str, str], person: Person
) -> None:
    assert People().here(headers) == person
    assert People(OPEN).here(headers) == ONLOOKER


def test_a_token_is_one_programs_and_nothing_like_it_is() -> None:
    people = People(tokens={"erp": Token("aaaa-bbbb-cccc", "coordinator"), "wall": Token("dddd-eeee-ffff", "viewer")})
    assert people.bearer("Bearer aaaa-bbbb-cccc") == Person("api:erp", "coordinator")
    assert people.bearer("bearer  dddd-eeee-ffff ") == Person("api:wall", "viewer")
    for shown in ("", "Bearer", "Bearer ", "aaaa-bbbb-cccc", "Basic aaaa-bbbb-cccc", "Bearer aaaa-bbbb-ccc",
                  "Bearer AAAA-BBBB-CCCC", "Bearer \udcff", "Bearer ä"):  # fmt: skip
        assert people.bearer(shown) is None
        assert People().bearer(shown) is None
    assert "aaaa" not in repr(people)


def test_a_command_carries_the_name_of_who_sent_it_whatever_it_says() -> None:
    row = sample("add_note", actor="rule:watch", source="/rules/watch")
    (command,) = read([row], Person("ann@example.com", "host"))
    assert isinstance(command, c.Command)
    assert (command.actor, command.source) == ("ann@example.com", "/operator")
    assert row["actor"] == "rule:watch"


@pytest.mark.parametrize("row", [None, [], "text", 7, {}, {"type": "sell_everything"}, {"type": ["add_note"]}, {1: 2}])
def test_what_is_no_command_is_malformed_for_everybody(row: Any) -> None:
    for person in (OPERATOR, ONLOOKER):
        (answer,) = read([row], person)
        assert isinstance(answer, Answer)
        assert answer.code == "malformed"


def test_a_viewer_is_refused_every_command_by_the_room_and_nothing_is_written(room: Room) -> None:
    seq = room.seq
    tags = sorted(KINDS)
    answers = room.submit_json([sample(tag, id=f"id-{tag}") for tag in tags], ONLOOKER)
    for tag, answer in zip(tags, answers, strict=True):
        assert (answer["status"], answer["code"]) == ("refused", "role_forbids"), tag
        assert f"may not ask for {tag};" in answer["sentence"]
    assert room.seq == seq
    assert "id-add_note" not in room.seen


def test_each_row_is_answered_in_its_place_and_only_what_is_allowed_is_decided(room: Room) -> None:
    host = Person("ben@example.com", "host")
    rows = [
        sample("add_note", id="n-1", text="ring is on"),
        sample("close_show", id="n-2"),
        {"type": "add_note"},
        sample("set_on_screen", id="n-3", sku="RING", actor="operator"),
    ]
    answers = room.submit_json(rows, host)
    assert [answer["code"] or answer["status"] for answer in answers] == [
        "accepted", "role_forbids", "malformed", "accepted",
    ]  # fmt: skip
    assert {stored.actor for stored in room.journal.events() if stored.id in ("n-1", "n-3")} == {"ben@example.com"}


def test_the_room_takes_what_is_not_a_persons_without_asking_for_a_role(room: Room) -> None:
    placed = sample("place_order", id="o-1", channel="shop-us", order="1", lines=[{"sku": "RING", "quantity": 1}])
    (answer,) = room.submit([c.decode(c.encode(placed))]).result()
    assert answer.status == "accepted"
    assert room.submit_json([placed | {"id": "o-2"}], ONLOOKER)[0]["code"] == "role_forbids"


def test_a_process_serves_the_people_it_was_given() -> None:
    assert serving() == People()
    serve_here(People(OPEN))
    assert serving().entry == OPEN
    serve_here(None)
    assert serving() == People()
