"""What was asked is told from what happened: deciding it again gives the same events, bytes and hashes."""

from collections.abc import Sequence
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from dashboard.channels.orders_file.importing import import_orders
from dashboard.decision import commands as c, events as e, machine
from dashboard.decision.refusals import Answer, Refusal
from dashboard.journal.store import Stored
from dashboard.review.asked import MEASURED, Ask, AskProblem, ask_again, asks, command_of, same
from dashboard.review.asked_kinds import BASE, COPIED, TABLE
from tests.channels.orders_file_kit import DATA, MAPPINGS
from tests.decision.shows import SHOW, small_show
from tests.decision.watched import HOUR, MINUTE, START
from tests.review.asked_kit import Book, asked_again, listed, random_book, stocked
from tests.room.random_show import Player, opened

US, EU = "region/US", "region/EU"


def move(id: str, quantity: int, source: str = US, target: str = EU, **more: Any) -> c.Reallocate:
    return c.Reallocate(id=id, show=SHOW, sku="lamp", from_pool=source, to_pool=target, quantity=quantity, **more)


def order(id: str, units: int = 1, channel: str = "tiktok-us", **more: Any) -> c.PlaceOrder:
    lines = more.pop("lines", (c.OrderLine("lamp", units),))
    return c.PlaceOrder(id=id, show=SHOW, channel=channel, order=id, lines=lines, **more)


def given_back(id: str, units: int, channel: str = "tiktok-us") -> c.Recall:
    return c.Recall(id=id, show=SHOW, channel=channel, sku="lamp", quantity=units)


def told(*commands: c.Command, **world: Any) -> Ask:
    """How the last of some commands is told from what it caused; all of them are asked again as well."""
    book = Book()
    ask = book.asked(*stocked(**world), *commands)
    assert asked_again(book.rows)[1].hash == book.batch.hash
    return ask


def kinds(ask: Ask) -> list[str]:
    return [type(event).__name__ for event in ask.events]


# --- any journal --------------------------------------------------------------------------------------------


@settings(max_examples=150)
@given(night=st.integers(0, 2**24 - 1))
def test_whatever_was_asked_gives_the_same_events_and_hashes_when_it_is_asked_again(night: int) -> None:
    book = random_book(night, 200)
    found, batch = asked_again(book.rows)
    assert [row for ask in found for row in ask.stored] == book.rows
    assert (batch.seq, batch.hash) == (book.batch.seq, book.batch.hash)


@pytest.mark.parametrize("seed", [3, 4])
def test_the_journal_of_a_room_with_two_shows_and_viewers_is_asked_again(seed: int) -> None:
    player = Player(opened(":memory:"), seed)
    for _ in range(60):
        player.step()
    journal = player.room.journal
    found, batch = asked_again(journal.events())
    assert (batch.seq, batch.hash) == journal.head()
    assert len({ask.command.show for ask in found}) == 2
    assert any(isinstance(ask.command, c.PlaceOrder) and ask.command.viewers for ask in found)
    player.room.stop()


def test_the_import_of_an_order_file_is_asked_again() -> None:
    room = opened(":memory:")

    def submit(commands: Sequence[c.Command], now: int) -> list[Answer]:
        return room.handle(commands, None)

    excerpt, mapping = DATA / "online_retail_excerpt.csv", MAPPINGS / "online_retail.toml"
    import_orders(excerpt, mapping, "retail", submit, lambda phase, done, total: None)
    found, batch = asked_again(room.journal.events())
    assert len(found) > 400
    assert (batch.seq, batch.hash) == room.journal.head()
    room.stop()


# --- the table ----------------------------------------------------------------------------------------------

NOT_TOLD: dict[type[c.Command], set[str]] = {c.ArriveShipment: {"final"}}
"""What a command says and its event does not: it makes no difference to what happened."""


def test_every_event_there_is_tells_a_command() -> None:
    assert set(TABLE) == set(e.NAMES), "a new event needs a row in COPIED or in TOLD"


def test_every_command_there_is_can_be_told() -> None:
    met = {type(ask.command) for night in range(20) for ask in asks(random_book(night, 300).rows)}
    assert met | set(COPIED.values()) == set(get_args(c.AnyCommand))


@pytest.mark.parametrize("kind", COPIED)
def test_a_copied_command_says_nothing_that_its_event_does_not(kind: type[e.Event]) -> None:
    asked = COPIED[kind]
    missing = set(asked.__struct_fields__) - BASE - set(kind.__struct_fields__)
    assert missing == NOT_TOLD.get(asked, set()), f"{asked.__name__} has a field that {kind.__name__} does not tell"


def test_numbers_that_may_have_a_fraction_stand_in_no_other_events() -> None:
    def has_fraction(kind: Any) -> bool:
        match kind:
            case msgspec.inspect.FloatType():
                return True
            case msgspec.inspect.StructType():
                return any(has_fraction(field.type) for field in kind.fields)
            case msgspec.inspect.DictType():
                return has_fraction(kind.value_type)
            case msgspec.inspect.VarTupleType():
                return has_fraction(kind.item_type)
            case msgspec.inspect.TupleType() | msgspec.inspect.UnionType():
                return any(map(has_fraction, getattr(kind, "item_types", ()) or getattr(kind, "types", ())))
        return False

    assert {kind for kind in TABLE if has_fraction(msgspec.inspect.type_info(kind))} == set(MEASURED)


# --- units asked back ---------------------------------------------------------------------------------------


def test_a_move_of_free_and_listed_units_is_one_wish() -> None:
    ask = told(*listed(50), move("m", 25, recall=True))
    assert kinds(ask) == ["Reallocated", "UnitsRequested"]
    assert ask.command == move("m", 25, recall=True, event_time=START)


def test_a_move_of_listed_units_alone_is_told_from_the_request() -> None:
    ask = told(*listed(60), move("m", 25, recall=True))
    assert kinds(ask) == ["UnitsRequested"]
    assert ask.command == move("m", 25, recall=True, event_time=START)


def test_what_came_back_for_a_request_was_not_asked_by_a_person() -> None:
    fulfil = c.FulfilRequest(id="f", show=SHOW, request="m")
    ask = told(*listed(50), move("m", 25, recall=True), given_back("back", 5), fulfil)
    assert kinds(ask) == ["Reallocated"]
    assert ask.command == msgspec.structs.replace(fulfil, event_time=START)


def test_a_request_that_was_withdrawn_is_told_from_its_end() -> None:
    withdraw = c.WithdrawRequest(id="w", show=SHOW, request="m")
    ask = told(*listed(50), move("m", 25, recall=True), withdraw)
    assert kinds(ask) == ["RequestEnded"]
    assert ask.command == msgspec.structs.replace(withdraw, event_time=START)


def undone(*before: c.Command, recall: bool = True, seq: int = 6) -> Ask:
    return told(*listed(50), *before, c.Undo(id="u", show=SHOW, seq=seq, recall=recall))


def test_an_undo_that_asks_units_back_is_told_with_them() -> None:
    ask = undone(move("m", 10), c.Expose(id="x", show=SHOW, channel="amazon-eu", sku="lamp", quantity=12))
    assert kinds(ask) == ["Undone", "UnitsRequested"]
    assert isinstance(ask.command, c.Undo)
    assert (ask.command.seq, ask.command.recall) == (6, True)


def test_an_undo_that_finds_nothing_free_is_told_from_its_request() -> None:
    ask = undone(move("m", 10), c.Expose(id="x", show=SHOW, channel="amazon-eu", sku="lamp", quantity=20))
    assert kinds(ask) == ["UnitsRequested"]
    assert isinstance(ask.command, c.Undo)
    assert (ask.command.seq, ask.command.recall) == (6, True)


def test_an_undo_that_ends_what_was_asked_back_is_no_withdrawal() -> None:
    ask = undone(move("m", 25, recall=True), recall=False)
    assert kinds(ask) == ["RequestEnded", "Undone"]
    assert isinstance(ask.command, c.Undo)
    assert ask.command.seq == 6


def test_an_undo_that_left_units_to_those_who_wait_for_them_is_asked_with_its_recall() -> None:
    """Ten came and ten stand free; four of the region's units are waited for and none is listed any more."""
    ask = told(
        c.ReceiveGoods(id="more", show=SHOW, location="LA", sku="lamp", quantity=10),
        *listed(60),
        move("m", 10, "flexible", US),
        move("wait", 14, recall=True),
        given_back("back", 10),
        order("o", 50),
        c.Undo(id="u", show=SHOW, seq=7, recall=True),
    )
    assert kinds(ask) == ["Undone"]
    assert ask.events[0].moves[0].quantity == 6


# --- loans --------------------------------------------------------------------------------------------------


def lend(units: int) -> c.LendUnits:
    return c.LendUnits(
        id="l", show=SHOW, loan="l", sku="lamp", from_pool=US, to_pool=EU, quantity=units, returns_at=START + HOUR,
        recall=True,
    )  # fmt: skip


def test_a_loan_of_free_and_listed_units_is_one_wish() -> None:
    ask = told(*listed(50), lend(15))
    assert kinds(ask) == ["UnitsLent", "UnitsRequested"]
    assert ask.command == msgspec.structs.replace(lend(15), event_time=START)


@pytest.mark.parametrize(
    ("request_of", "before"),
    [
        ("l", [lend(15), given_back("back", 5)]),
        ("r", [
            lend(8), c.Expose(id="x", show=SHOW, channel="amazon-eu", sku="lamp", quantity=15),
            c.ReturnLoan(id="r", show=SHOW, loan="l"), given_back("back", 2, "amazon-eu"),
        ]),
    ],
)  # fmt: skip
def test_what_came_back_for_a_loan_is_a_fulfilment(request_of: str, before: list[c.Command]) -> None:
    ask = told(*listed(50), *before, c.FulfilRequest(id="f", show=SHOW, request=request_of))
    assert kinds(ask) in (["UnitsLent"], ["LoanReturned"])
    assert isinstance(ask.command, c.FulfilRequest)
    assert ask.command.request == request_of


def test_a_return_that_ends_the_lending_and_asks_units_back_is_one_command() -> None:
    listing = c.Expose(id="x", show=SHOW, channel="amazon-eu", sku="lamp", quantity=15)
    ask = told(*listed(50), lend(15), listing, c.ReturnLoan(id="r", show=SHOW, loan="l"))
    assert kinds(ask) == ["RequestEnded", "LoanReturned", "UnitsRequested"]
    assert ask.command == c.ReturnLoan(id="r", show=SHOW, loan="l", event_time=START)


# --- what the moves say -------------------------------------------------------------------------------------


def shipment(**more: Any) -> c.StartShipment:
    return c.StartShipment(
        id="s", show=SHOW, shipment="s", from_location="LA", to_location="NJ", lines=(c.UnitLine("lamp", 5),),
        eta=START + HOUR, **more,
    )  # fmt: skip


def test_the_pool_a_shipment_empties_is_where_claims_left() -> None:
    ask = told(shipment(pool=US, arrive_pool=EU))
    assert ask.command == shipment(pool=US, arrive_pool=EU, event_time=START)


def test_a_shipment_that_is_sold_on_its_way_empties_no_pool() -> None:
    ask = told(shipment(pool=US, arrive_pool=EU), sells_in_transit=True, draws=("channel", "region", "flexible"))
    assert isinstance(ask.command, c.StartShipment)
    assert ask.command.arrive_pool == EU


def test_the_rest_of_a_final_arrival_is_named_as_lost() -> None:
    arrived = c.ArriveShipment(id="a", show=SHOW, shipment="s", lines=(c.UnitLine("lamp", 3),), final=True)
    ask = told(shipment(pool=US), arrived)
    assert isinstance(ask.command, c.ArriveShipment)
    assert ask.command.lost == (c.UnitLine("lamp", 2),)


@pytest.mark.parametrize("restocked", [True, False, None])
def test_cancelled_units_go_where_the_platform_put_them(restocked: bool | None) -> None:
    cancel = c.CancelOrder(id="c", show=SHOW, order="o", channel="tiktok-us", restocked=restocked)
    ask = told(*listed(50), order("o", 55), cancel)
    homes = {move.target for move in ask.events[0].moves if move.book == "claims"}
    assert homes == {True: {"channel/tiktok-us"}, False: {US}, None: {"channel/tiktok-us", US}}[restocked]
    assert isinstance(ask.command, c.CancelOrder)
    assert ask.command.restocked is restocked


def test_an_announced_order_that_is_cancelled_before_its_lines_are_known_has_none() -> None:
    announced = c.AnnounceOrder(id="a", show=SHOW, channel="tiktok-us", order="o")
    ask = told(announced, c.CancelOrder(id="c", show=SHOW, order="o", channel="tiktok-us"))
    assert isinstance(ask.command, c.CancelOrder)
    assert ask.command.lines == ()


def test_an_order_keeps_the_price_its_buyer_paid() -> None:
    cheaper = c.SetPrice(id="p", show=SHOW, sku="lamp", price_minor=3900, channel="tiktok-us")
    ask = told(cheaper, order("o", lines=(c.OrderLine("lamp", 1), c.OrderLine("lamp", 2, 4500)), viewers=70))
    assert isinstance(ask.command, c.PlaceOrder)
    assert [line.price_minor for line in ask.command.lines] == [3900, 4500]
    assert ask.command.viewers == 70


def test_an_order_told_no_viewers_is_asked_with_those_its_channel_had() -> None:
    ask = told(order("o", viewers=70), order("p"))
    assert isinstance(ask.command, c.PlaceOrder)
    assert ask.command.viewers == 70


def test_an_approval_is_one_command_with_all_that_it_carried_out() -> None:
    inner = (move("m", 25, recall=True), c.SetLimit(id="i", show=SHOW, sku="lamp", region="US", units_per_order=2))
    raws = tuple(msgspec.Raw(c.encode(command)) for command in inner)
    proposal = c.ProposeAction(id="p", show=SHOW, proposal="p", rule="watch", what="", why="", commands=raws)
    ask = told(*listed(50), proposal, c.ApproveAction(id="a", show=SHOW, proposal="p", reason="yes"))
    assert kinds(ask) == ["ActionApproved", "Reallocated", "UnitsRequested", "LimitSet"]
    assert ask.command == c.ApproveAction(id="a", show=SHOW, proposal="p", reason="yes", event_time=START)
    assert [row.id for row in ask.stored] == ["a", "a/2", "a/3", "a/4"]


def test_a_number_is_written_as_it_was_though_it_may_have_a_fraction() -> None:
    book = Book()
    lanes = (c.Lane("LA", "US", 500, 2), c.Lane("HH", "EU", 400, 2.5))
    book.ask(small_show(lanes=lanes), START)
    book.ask(c.SetParameter(id="n", show=SHOW, parameter="top_up_units", value=50), START)
    tuning = c.Tuning("t", trust=1, states={"test": (1, 1.5)}, levels={"test/0-10": (0, 1)}, history={"n": 3})
    book.ask(c.AdoptForecast(id="t", show=SHOW, tuning=tuning), START)
    assert len(book.rows) == 3
    assert asked_again(book.rows)[1].hash == book.batch.hash


# --- what can fail ------------------------------------------------------------------------------------------


def test_a_journal_read_from_the_middle_of_a_command_says_so() -> None:
    book = Book()
    book.asked(*stocked(), *listed(50), move("m", 25, recall=True))
    with pytest.raises(AskProblem, match="Event 7 belongs to a command before it"):
        list(asks(book.rows[6:]))


def test_no_events_were_asked_by_nobody() -> None:
    assert list(asks([])) == []


def test_what_comes_out_otherwise_is_told() -> None:
    book = Book()
    ask = book.asked(*stocked(), order("o"))
    world: machine.World = {}
    refused = ask_again(world, ask)
    assert isinstance(refused, Refusal)
    assert not same(refused, ask)
    assert same(ask.events, ask)


def test_a_command_is_told_from_its_rows_alone() -> None:
    book = Book()
    ask = book.asked(*stocked(), order("o", event_time=START - MINUTE, actor="tiktok-us", source="/channels/tiktok"))
    row: Stored = ask.stored[0]
    command = command_of(row, ask.events)
    assert (command.id, command.show, command.actor, command.source) == ("o", SHOW, "tiktok-us", "/channels/tiktok")
    assert command.event_time == START - MINUTE
