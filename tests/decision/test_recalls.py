"""Moves that are kept: nothing is lost, an undo returns what is unsold, a preview that no longer holds is refused.

Each property is played by chance over many small nights; the naive auditor follows every one of them (`Watched`).
"""

import pytest

from dashboard.decision import events as e
from dashboard.decision.refusals import Code, Refusal
from tests.decision.trading import Night

ENDLESS = ("issued", "supplier")


def books_hold(night: Night) -> None:
    """No account is below zero, every book sums to zero, and what can be sold is what lies there."""
    for book in (night.show.ledger.claims, night.show.ledger.goods):
        for accounts in book.values():
            assert sum(accounts.values()) == 0
            assert all(units >= 0 for account, units in accounts.items() if account not in ENDLESS), accounts
    goods = night.show.ledger.goods["lamp"]
    available = sum(units for account, units in goods.items() if account.endswith("/available"))
    assert night.show.unsold("lamp") == available
    assert night.show.uncovered("lamp") == 0


@pytest.mark.parametrize("seed", range(12))
def test_moves_sales_undos_and_redos_never_go_below_zero_and_lose_no_unit(seed: int) -> None:
    night = Night(seed)
    total = 80
    for _ in range(150):
        night.step()
        books_hold(night)
        held = night.show.ledger.claims["lamp"]
        assert sum(units for account, units in held.items() if account not in ENDLESS) == total
    night.give_back_all()
    books_hold(night)


def unsold_in(night: Night, pool: str, listed: bool) -> int:
    """Units of a pool nobody bought, counted account by account."""
    channels = {"region/US": ("tiktok-us", "shopify-us"), "region/EU": ("amazon-eu",)}.get(pool, ())
    accounts = [f"{kind}/{channel}" for channel in channels for kind in ("channel", "cover")] if listed else []
    return sum(night.show.ledger.claim("lamp", account) for account in (pool, *accounts))


@pytest.mark.parametrize("seed", range(40))
def test_an_undo_returns_exactly_what_is_unsold_in_one_part_or_several(seed: int) -> None:
    """After some sales; with `recall` what is listed comes too, in as many parts as platforms give back."""
    night = Night(seed)
    recall = seed % 2 == 0
    units = night.chance.randrange(5, 40)
    night.line(f"move {units} lamp from region/US to region/EU (recall)")
    night.give_back_all()
    t = next(iter(night.show.reallocations))
    night.line(f"expose {night.chance.randrange(1, 25)} lamp on amazon-eu")
    night.sell("amazon-eu", night.chance.randrange(1, 50))
    here = night.show.ledger.claim("lamp", "region/US")
    expected = min(units, unsold_in(night, "region/EU", listed=recall))
    answer = night.ask(f"undo {t} (recall)" if recall else f"undo {t}")
    if not expected:
        assert isinstance(answer, Refusal)
        assert answer.code == Code.NOT_UNDOABLE
        return
    assert not isinstance(answer, Refusal), answer
    listed = night.show.ledger.claim("lamp", "channel/amazon-eu")
    while night.show.requests and listed:
        part = night.chance.randrange(1, listed + 1)
        night.line(f"recall {part} lamp from amazon-eu")
        night.fulfil_all()
        listed -= part
    assert not night.show.requests
    assert night.show.ledger.claim("lamp", "region/US") - here == expected
    books_hold(night)


@pytest.mark.parametrize("seed", range(20))
def test_a_redo_brings_back_what_the_undo_took_and_can_be_undone(seed: int) -> None:
    night = Night(seed)
    units = night.chance.randrange(1, 40)
    night.give_back_all()
    night.line(f"t = move {units} lamp from region/US to region/EU")
    sold = night.chance.randrange(1, 60)
    night.sell("amazon-eu", sold)
    left = min(units, unsold_in(night, "region/EU", listed=True))
    before = night.show.ledger.claims["lamp"].copy()
    if left:
        night.line(f"u = undo t (recall) -> quantity={left}, {left} region/EU > region/US")
        night.line(f"r = undo u (recall) -> quantity={left}, {left} region/US > region/EU")
        assert night.show.ledger.claims["lamp"] == before
        night.line(f"undo r -> quantity={left}, {left} region/EU > region/US")
        night.line("undo t (recall) -> not_undoable 0")


@pytest.mark.parametrize("seed", range(10))
def test_a_commit_on_a_pool_that_moved_since_is_refused_with_a_number_that_works(seed: int) -> None:
    """Move or loan, with what is listed or without; the giving pool moved after the state that was seen."""
    night = Night(seed)
    tried = 0
    for number in range(120):
        seen = night.watched.seq
        night.step()
        source, recall = night.chance.choice(("flexible", "region/US", "region/EU")), number % 2 == 0
        tail = " (recall)" if recall else ""
        target = "region/US" if source != "region/US" else "region/EU"
        moved = night.show.ledger.touched["lamp"].get(source, 0) > seen
        what = f"lamp from {source} to {target}"
        name = f" as stale{number}" if source != "flexible" and number % 3 else ""
        word = "lend" if name else "move"
        answer = night.ask(f"{word} 9 {what}{name} seen {seen}{tail}")
        if not moved:
            assert not isinstance(answer, Refusal) or answer.code == Code.NOT_ENOUGH_CLAIMS
            continue
        tried += 1
        assert isinstance(answer, Refusal)
        assert answer.code == Code.STALE_PREVIEW
        works = answer.would_work
        assert works is not None
        assert str(works) in answer.sentence
        if works:
            fresh = night.watched.seq
            over = night.ask(f"{word} {works + 1} {what}{name} seen {fresh}{tail}")
            assert isinstance(over, Refusal)
            night.line(f"{word} {works} {what}{name} seen {fresh}{tail}")
    assert tried > 5


@pytest.mark.parametrize("seed", range(10))
def test_a_commit_that_breaks_what_its_preview_promised_is_refused_with_a_number_that_works(seed: int) -> None:
    """`keeps` counts what the region lists too; sales before the commit are fine as long as it holds."""
    night = Night(seed)
    refused = 0
    for number in range(100):
        night.step()
        source = night.chance.choice(("region/US", "region/EU"))
        target = "region/EU" if source == "region/US" else "region/US"
        tail = " (recall)" if number % 2 else ""
        units, keeps = night.chance.randrange(1, 9), night.chance.randrange(0, 40)
        holds = unsold_in(night, source, listed=True)
        answer = night.ask(f"move {units} lamp from {source} to {target} keeping {keeps}{tail}")
        broken = holds - units < keeps
        stale = isinstance(answer, Refusal) and answer.code == Code.STALE_PREVIEW
        assert stale == broken
        if stale:
            assert isinstance(answer, Refusal)
            assert answer.would_work is not None
            refused += 1
            if answer.would_work:
                night.line(f"move {answer.would_work} lamp from {source} to {target} keeping {keeps}{tail}")
    assert refused > 5


@pytest.mark.parametrize("seed", range(8))
def test_an_undo_on_a_pool_that_moved_since_is_refused_with_a_number_that_works(seed: int) -> None:
    """Seen at a seq, or shown as a number of units: both are answered with what can return now."""
    night = Night(seed)
    refused = 0
    for number in range(100):
        seen = night.watched.seq
        night.step()
        some = night.show.reallocations
        if not some:
            continue
        seq = night.chance.choice(list(some))
        moved = night.show.ledger.touched["lamp"].get(some[seq].to_pool, 0) > seen
        tail = " (recall)" if number % 2 else ""
        shown = f" shown {night.chance.randrange(1, 12)}" if number % 3 else ""
        answer = night.ask(f"undo {seq} seen {seen}{shown}{tail}")
        if isinstance(answer, Refusal) and answer.code == Code.STALE_PREVIEW:
            assert moved or shown
            assert str(answer.would_work) in answer.sentence
            refused += 1
            if answer.would_work:
                over = night.ask(f"undo {seq} seen {night.watched.seq} shown {answer.would_work + 1}{tail}")
                assert isinstance(over, Refusal)
                night.line(f"undo {seq} seen {night.watched.seq} shown {answer.would_work}{tail}")
        else:
            assert not moved or shown or isinstance(answer, Refusal)
    assert refused > 5


@pytest.mark.parametrize("seed", range(20))
def test_a_loan_returns_exactly_what_is_unsold_and_never_more_than_was_lent(seed: int) -> None:
    night = Night(seed)
    units = night.chance.randrange(1, 40)
    night.line(f"lend {units} lamp from region/US to region/EU as L (recall)")
    if seed % 3:
        night.give_back_all()
    night.line(f"expose {night.chance.randrange(1, 10)} lamp on amazon-eu")
    night.sell("amazon-eu", night.chance.randrange(1, 40))
    loan = night.show.loans["L"]
    lent, here = loan.quantity, night.show.ledger.claim("lamp", "region/US")
    there = unsold_in(night, "region/EU", listed=True)
    night.line("give back L")
    listed = night.show.ledger.claim("lamp", "channel/amazon-eu")
    while loan.state == "returning":
        assert listed, "what is not there cannot be waited for"
        part = night.chance.randrange(1, listed + 1)
        night.line(f"recall {part} lamp from amazon-eu")
        night.fulfil_all()
        listed -= part
    assert (loan.state, loan.returned) == ("returned", min(lent, there))
    assert loan.returned <= loan.quantity <= units
    assert night.show.ledger.claim("lamp", "region/US") - here == loan.returned
    assert not night.show.requests


def test_a_request_never_moves_more_than_it_asked_for() -> None:
    full = 0
    for seed in range(8):
        night = Night(seed)
        asked: dict[str, int] = {}
        came: dict[str, int] = {}
        for _ in range(120):
            answer = night.step()
            for event in answer if isinstance(answer, tuple) else ():
                if isinstance(event, e.UnitsRequested):
                    asked[event.request] = event.quantity
                elif getattr(event, "request", "") in asked and not isinstance(event, e.RequestEnded):
                    came[event.request] = came.get(event.request, 0) + event.quantity  # type: ignore[attr-defined]
        assert all(units <= asked[request] for request, units in came.items())
        full += sum(units == asked[request] for request, units in came.items())
    assert full > 10
