"""How a region's units are split over listings: whatever the numbers, nothing is promised twice and nothing runs in circles."""

from hypothesis import assume, given, strategies as st

from dashboard.channels.rebalance import Pace, Shift, Standing, shares, shifts

SECOND = 1_000_000


@st.composite
def regions(draw: st.DrawFn) -> tuple[int, list[Standing]]:
    """Units that nobody lists, and one to six channels."""
    return draw(st.integers(0, 400)), [
        Standing(
            f"shop-{number}",
            draw(st.integers(0, 120)),
            draw(st.floats(0, 3)),
            draw(st.floats(1, 20)),
            draw(st.booleans()),
            draw(st.booleans()),
            draw(st.integers(0, 10)),
            draw(st.sampled_from((1, 3))),
        )
        for number in range(draw(st.integers(1, 6)))
    ]


def after(unlisted: int, standings: list[Standing], made: list[Shift]) -> tuple[int, list[Standing]]:
    """The region once every change has arrived."""
    change = {shift.channel: shift.units for shift in made}
    cover = sum(one.cover for one in standings if change.get(one.channel, 0) > 0)
    now = [one._replace(claim=one.claim + change.get(one.channel, 0), cover=0) for one in standings]
    return unlisted - sum(change.values()) - cover, now


@given(regions())
def test_raises_never_add_up_to_more_than_is_unlisted(region: tuple[int, list[Standing]]) -> None:
    unlisted, standings = region
    made = shifts(unlisted, standings)
    covers = {one.channel: one.cover for one in standings}
    raised = [shift for shift in made if shift.units > 0]
    assert sum(shift.units + covers[shift.channel] for shift in raised) <= unlisted


@given(regions())
def test_nothing_is_lowered_that_cannot_be_and_no_more_than_it_has(region: tuple[int, list[Standing]]) -> None:
    unlisted, standings = region
    named = {one.channel: one for one in standings}
    for shift in shifts(unlisted, standings):
        one = named[shift.channel]
        assert shift.units != 0
        assert one.idle, "a change is under way there"
        if shift.units < 0:
            assert one.can_lower
            assert -shift.units <= one.claim


@given(regions())
def test_a_channel_is_changed_once_at_a_time(region: tuple[int, list[Standing]]) -> None:
    made = [shift.channel for shift in shifts(*region)]
    assert len(made) == len(set(made))


@given(regions())
def test_the_same_region_is_split_the_same_way(region: tuple[int, list[Standing]]) -> None:
    assert shifts(*region) == shifts(*region)


@given(regions())
def test_without_sales_units_do_not_go_to_and_fro(region: tuple[int, list[Standing]]) -> None:
    """Whoever gave units does not get them back at the next looks, and whoever was raised is not lowered."""
    unlisted, standings = region
    standings = [one._replace(idle=True) for one in standings]
    gave: set[str] = set()
    got: set[str] = set()
    for _ in range(4):
        made = shifts(unlisted, standings)
        raised, lowered = ({one.channel for one in made if (one.units > 0) == up} for up in (True, False))
        assert not raised & gave, "units come back to where they were taken"
        assert not lowered & got, "units are taken from where they were put"
        gave, got = gave | lowered, got | raised
        unlisted, standings = after(unlisted, standings, made)


@given(st.integers(1, 8), st.floats(0.5, 3))
def test_the_last_units_go_to_the_fastest_channel(units: int, rate: float) -> None:
    standings = [Standing("fast", 0, rate, 3.0), *(Standing(f"slow-{n}", 0, rate / 10, 3.0) for n in range(4))]
    made = shifts(units, standings)
    assert [(shift.channel, shift.units) for shift in made] == [("fast", units)]


@given(regions(), st.floats(0.01, 3))
def test_a_dry_listing_is_filled_while_there_is_plenty(region: tuple[int, list[Standing]], rate: float) -> None:
    _, standings = region
    dry = Standing("dry", 0, rate, 2.0)
    made = shifts(2_000, [*standings, dry])
    assert any(shift.channel == "dry" and shift.units > 0 and shift.urgent for shift in made)


def test_where_nothing_can_be_taken_back_little_is_given_at_a_time() -> None:
    open_end, for_good = Standing("open", 0, 1.0, 2.0), Standing("campaign", 0, 1.0, 2.0, can_lower=False)
    units = {shift.channel: shift.units for shift in shifts(1_000, [open_end, for_good])}
    assert 0 < units["campaign"] < units["open"]


def test_nothing_is_to_be_done_without_channels_or_units() -> None:
    assert shifts(10, []) == []
    assert shifts(0, [Standing("a", 0, 1.0, 2.0)]) == []


@given(st.integers(0, 500), st.lists(st.floats(0, 5), min_size=1, max_size=8))
def test_shares_add_up_and_follow_the_rates(units: int, rates: list[float]) -> None:
    standings = [Standing(f"{number}", 0, rate, 1.0) for number, rate in enumerate(rates)]
    split = shares(units, standings)
    assert sum(split.values()) == units
    whole = sum(max(1e-6, rate) for rate in rates)
    for one in standings:
        assert abs(split[one.channel] - units * max(1e-6, one.rate) / whole) < 1 + 1e-6


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 60)), min_size=1, max_size=60), st.floats(0, 2))
def test_a_pace_is_never_negative_and_its_peak_never_below_it(sales: list[tuple[int, int]], prior: float) -> None:
    pace, now = Pace(prior, 0), 0
    for units, seconds in sales:
        now += seconds * SECOND
        pace.sold(units, now)
        assert pace.peak(now) >= pace.rate(now) - 0.1 * prior - 1e-9
        assert pace.rate(now) > 0


@given(st.floats(0.05, 2))
def test_a_steady_pace_is_found_and_forgotten_again(rate: float) -> None:
    pace, now = Pace(0.0, 0), 0
    while now < 900 * SECOND:
        now += int(SECOND / rate)
        pace.sold(1, now)
    assume(rate > 0.1)
    assert abs(pace.rate(now) - rate) <= 0.25 * rate
    assert pace.rate(now + 1200 * SECOND) < 0.01 * rate
