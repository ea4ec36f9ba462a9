"""The auditor of claims is shown true evenings and false ones: whoever changes a number is found, chain or no chain."""

import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboard.journal import verify_claims as auditor
from dashboard.journal.verify import verify
from dashboard.journal.verify_claims import ClaimsReport, lines, verify_claims, verify_whole
from dashboard.journal.verify_claims_checks import LANGUAGES as CHECKED
from dashboard.speech.phrases import LANGUAGES as SPOKEN
from tests.journal.claims_kit import LANGUAGES, STEP, Evening, Row, evening, journal, rewritten
from tests.journal.test_verify import claim, good, received, sound, write

KINDS = {"low_stock", "restock", "limit", "price", "coupon", "bundle", "slow_region", "next_hero"}
NUMBERED = ("units_left", "units_incoming", "limit", "price_minor", "percent", "eta")


@pytest.fixture(autouse=True)
def spelled_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every breach in words."""
    monkeypatch.setattr(auditor, "BREACHES_SPELLED_OUT_MAX", 1 << 30)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An evening with every kind of line in every language."""
    return journal(tmp_path_factory.mktemp("claims") / "night.duckdb", evening(7, rounds=2))


def sentences(report: ClaimsReport) -> str:
    return "\n".join(breach["sentence"] for breach in report["breaches"])


def test_a_true_evening_in_twelve_languages_passes(night: Path) -> None:
    report = verify_claims(night)
    assert (report["ok"], sentences(report)) == (True, "")
    assert set(report["kinds"]) == KINDS
    assert report["claims"] == sum(report["kinds"].values()) > 80
    assert 0 < report["said"] < report["claims"]
    assert lines(report)[-1] == "ok: every claim was true and says so"


def test_a_journal_without_lines_has_no_claims(tmp_path: Path) -> None:
    for number, entries in enumerate(([], sound())):
        report = verify_claims(write(tmp_path / f"{number}.duckdb", entries))
        assert (report["ok"], report["claims"]) == (True, 0)
        assert lines(report)[0].startswith("0 claims")


def _shown(facts: list[Row]) -> list[Row]:
    return [row for row in facts if row["type"] == "line_published"]


def _another_digit(text: str, chance: random.Random) -> str:
    place = chance.choice([place for place, sign in enumerate(text) if sign.isdecimal()])
    old = int(text[place])
    return text[:place] + str(chance.choice([digit for digit in range(10) if digit != old])) + text[place + 1 :]


@pytest.mark.parametrize("seed", range(2))
def test_a_number_that_was_changed_in_a_text_or_a_fact_is_found_though_the_chain_holds(
    tmp_path: Path, seed: int
) -> None:
    chance, changed = random.Random(seed), set[int]()

    def change(facts: list[Row]) -> None:
        for row in _shown(facts):
            data, fact = row["data"], row["data"]["fact"]
            stated = [name for name in NUMBERED if fact.get(name)]
            if stated and chance.random() < 0.5:
                name = chance.choice(stated)
                fact[name] = max(
                    0, fact[name] + chance.choice((-1, 1, 10, 1_000)) * (3_600_000_000 if name == "eta" else 1)
                )
            elif any(sign.isdecimal() for sign in data["text"]):
                data["text"] = _another_digit(data["text"], chance)
            else:
                continue
            changed.add(row["seq"])

    file = journal(tmp_path / "a.duckdb", evening(seed, rounds=2))
    report = verify_claims(rewritten(file, tmp_path / "b.duckdb", change))
    assert verify(tmp_path / "b.duckdb")["ok"], "the chain was repaired"
    assert len(changed) > 50
    assert changed == {breach["seq"] for breach in report["breaches"]}, "every one, and no other"


def test_a_number_changed_in_text_and_fact_alike_is_found_by_the_ledger(night: Path, tmp_path: Path) -> None:
    def change(facts: list[Row]) -> None:
        row = next(
            row for row in _shown(facts) if row["data"]["kind"] == "low_stock" and row["data"]["language"] == "en"
        )
        left = row["data"]["fact"]["units_left"]
        row["data"]["fact"]["units_left"] = left - 1
        row["data"]["text"] = row["data"]["text"].replace(f"{left:,}", f"{left - 1:,}")

    report = verify_claims(rewritten(night, tmp_path / "b.duckdb", change))
    assert {breach["check"] for breach in report["breaches"]} == {"fact"}
    assert "says units left of" in sentences(report)


def test_without_a_repaired_chain_the_hash_finds_any_change(night: Path, tmp_path: Path) -> None:
    copy = tmp_path / "b.duckdb"
    copy.write_bytes(night.read_bytes())
    with duckdb.connect(str(copy)) as connection:
        connection.execute("alter table events alter data type varchar")
        connection.execute(
            "update events set data = replace(data, '\"shop-en\"', '\"shop-zh\"') where type = 'line_published'"
        )
        connection.execute("alter table events alter data type json")
    assert not verify(copy)["ok"]


def small(show: str = "night") -> Evening:
    """A ring on sale in the US: 40 units, a limit of 2, a coupon, a price."""
    made = Evening(1, show)
    made.add("goods_received", {}, claim("issued", "region/US", 40), *received(40).moves[:1])
    made.add("limit_set", {"sku": "ring", "region": "US", "units_per_order": 2})
    made.add(
        "coupon_set", {"sku": "ring", "region": "US", "code": "SAVE", "percent": 10, "expires": made.now() + 90 * STEP}
    )
    made.add("price_set", {"sku": "ring", "price_minor": 4900})
    return made


COMES = "2026-03-17T05:36:00Z"
FACT = {"sku": "ring", "region": "US"}
TRUE: dict[str, tuple[str, Row]] = {
    "low_stock": ("Smart ring 2: 40 left", {**FACT, "units_left": 40}),
    "limit": ("Smart ring 2: 2 each", {**FACT, "limit": 2}),
    "coupon": ("Smart ring 2: 10% off with SAVE", {**FACT, "percent": 10, "code": "SAVE"}),
    "price": ("Smart ring 2: $49.00", {**FACT, "price_minor": 4900, "currency": "USD"}),
    "next_hero": ("Next: Smart ring 2", FACT),
}


FALSE: list[tuple[str, str, Row, str]] = [
    ("low_stock", "Smart ring 2: 41 left", {**FACT, "units_left": 41}, "says units left of ring 41; it was 40"),
    ("low_stock", "Smart ring 2: 40 left", {**FACT, "units_left": "40"}, "says units left of ring '40'; it was 40"),
    ("low_stock", "Smart ring 2: few left", {**FACT, "units_left": 40}, "does not say its units left 40"),
    ("low_stock", "Smart ring 2: 40 left", FACT, "has a fact without units_left"),
    ("low_stock", "Smart ring 2: 40 left of 50", {**FACT, "units_left": 40}, "says 50, which is no number of its fact"),
    ("low_stock", "Smart ring 3: 40 left", {**FACT, "units_left": 40}, "does not name 'Smart ring 2'"),
    ("low_stock", "Smart ring 2: 40% left", {**FACT, "units_left": 40}, "says 40, which is no number"),
    ("low_stock", "Smart ring 2: 40.5 left", {**FACT, "units_left": 40}, "says 40.5"),
    ("low_stock", "Smart ring 2: 40½ left", {**FACT, "units_left": 40}, "says ½"),
    ("low_stock", "Smart ring 2: ４１ left", {**FACT, "units_left": 40}, "says ４１"),
    ("limit", "Smart ring 2: 3 each", {**FACT, "limit": 3}, "says limit 3; it was 2"),
    ("coupon", "Smart ring 2: 20% off with SAVE", {**FACT, "percent": 20, "code": "SAVE"}, "not in force"),
    ("coupon", "Smart ring 2: 10% off with SALE", {**FACT, "percent": 10, "code": "SALE"}, "not in force"),
    ("coupon", "Smart ring 2: 10% off", {**FACT, "percent": 10, "code": "SAVE"}, "does not say its code 'SAVE'"),
    ("coupon", "Smart ring 2: 10 off with SAVE", {**FACT, "percent": 10, "code": "SAVE"}, "does not say its percent 10"),
    ("bundle", "Smart ring 2, Pulse band: 10% off", {**FACT, "percent": 10, "skus": ["ring", "band"]}, "not in force"),
    ("price", "Smart ring 2: $48.00", {**FACT, "price_minor": 4800, "currency": "USD"}, "it was 4900"),
    ("price", "Smart ring 2: €49.00", {**FACT, "price_minor": 4900, "currency": "USD"}, "says €, but its price is in USD"),
    ("price", "Smart ring 2: 49.00", {**FACT, "price_minor": 4900, "currency": "USD"}, "does not say its currency USD"),
    ("price", "Smart ring 2: €49.00", {**FACT, "price_minor": 4900, "currency": "EUR"}, "says currency 'EUR'; it was 'USD'"),
    ("restock", "LAX: 5 Smart ring 2 in 2 hours", {**FACT, "units_incoming": 5, "eta": 9, "shipment": "s"}, "it was none"),
    ("next_hero", "Next: Pulse band", {**FACT, "sku": "band"}, "offers band, of which 0 were left in US"),
    ("next_hero", "Next: it", {**FACT, "sku": "cap"}, "is about SKU 'cap', which the show does not have"),
    ("next_hero", "Next: Smart ring 2", {**FACT, "region": "EU"}, "but it sells in 'US'"),
    ("next_hero", "Next: Smart ring 2", {**FACT, "region": "AU"}, "is about region 'AU'"),
    ("next_hero", "Next: ring", {"region": "US"}, "is about no SKU"),
    ("next_hero", " ", FACT, "shows an empty text"),
    ("rumour", "Smart ring 2", FACT, "of kind 'rumour', which there is not"),
]  # fmt: skip


def test_a_false_line_is_named_and_a_true_one_is_not(tmp_path: Path) -> None:
    made, false = small(), dict[int, str]()
    for kind, (text, fact) in TRUE.items():
        made.publish("shop-en", kind, text, fact)
    for kind, text, fact, sentence in FALSE:
        made.publish("shop-en", kind, text, fact)
        false[len(made.entries)] = sentence
    report = verify_claims(journal(tmp_path / "j.duckdb", made))
    told = {seq: " ".join(row["sentence"] for row in report["breaches"] if row["seq"] == seq) for seq in false}
    assert [(sentence, told[seq]) for seq, sentence in false.items() if sentence not in told[seq]] == []
    assert {row["seq"] for row in report["breaches"]} == set(false)


def test_a_line_is_held_to_its_channel_its_language_and_a_seq_before_it(tmp_path: Path) -> None:
    made = small()
    made.publish("shop-xx", "next_hero", "Next: Smart ring 2", FACT)
    made.publish("shop-en", "next_hero", "Next: Smart ring 2", FACT)
    made.entries[-1].data["language"] = "de"
    made.publish("shop-en", "next_hero", "Next: Smart ring 2", FACT)
    made.entries[-1].data["fact"]["seq"] = len(made.entries)
    made.add("speech_set", {"channel": "shop-en", "languages": ["en", "de-AT"], "register": "calm"})
    made.publish("shop-en", "next_hero", "Next: Smart ring 2", FACT)
    made.entries[-1].data["language"] = "de"
    told = sentences(verify_claims(journal(tmp_path / "j.duckdb", made))).splitlines()
    assert told == [
        "Event 6 shows a line on 'shop-xx', which is no channel of the show.",
        "Event 6 speaks 'xx', which shop-xx does not.",
        "Event 7 speaks 'de', which shop-en does not.",
        "Event 8 has a fact as of event 8, which is none before it.",
    ]


def _line(made: Evening, **more: Any) -> str:
    return made.publish("shop-en", "next_hero", "Next: Smart ring 2", FACT, **more)


def _twice(made: Evening) -> None:
    _line(made, line="a")
    _line(made, line="a")


def _replaced_twice(made: Evening) -> None:
    first = _line(made)
    _line(made, replaces=first)
    _line(made, replaces=first)


def _retracted_after(made: Evening) -> None:
    first = _line(made)
    _line(made, replaces=first)
    made.add("line_retracted", {"line": first, "reason": "ended"})


def _other_channel(made: Evening) -> None:
    first = made.publish("shop-de", "next_hero", "Next: Smart ring 2", {"sku": "ring", "region": "US"})
    _line(made, replaces=first)


def _after_close(made: Evening) -> None:
    made.add("show_closed", {})
    _line(made)


ORDER: list[tuple[Callable[[Evening], object], str]] = [
    (_twice, "shows line 'a' a second time."),
    (_replaced_twice, "replaces line 'line-1', which was replaced already."),
    (_retracted_after, "retracts line 'line-1', which was replaced already."),
    (lambda made: _line(made, replaces="other"), "replaces line 'other', which was never shown."),
    (lambda made: made.add("line_retracted", {"line": "x"}), "retracts line 'x', which was never shown."),
    (lambda made: made.add("line_said", {"line": "x"}), "says line 'x', which was never shown."),
    (_other_channel, "replaces line 'line-1', which another channel or language shows."),
    (_after_close, "shows line 'line-1' after the show has closed."),
]


def test_lines_come_and_go_in_order(tmp_path: Path) -> None:
    entries = []
    for number, (play, _) in enumerate(ORDER):
        made = small(f"night-{number}")
        play(made)
        entries += made.entries
    report = verify_claims(write(tmp_path / "j.duckdb", entries))
    told = [row["sentence"].split(" ", 2)[2] for row in report["breaches"] if row["check"] == "order"]
    assert told == [sentence for _, sentence in ORDER]


def test_how_long_a_line_stood_after_its_fact_had_become_false_is_measured(tmp_path: Path) -> None:
    made = small()
    counted = made.publish("shop-en", "low_stock", *TRUE["low_stock"])
    coupon = made.publish("shop-en", "coupon", *TRUE["coupon"])
    made.add("sold", {}, claim("region/US", "committed/x", 1))
    made.add("note_added", {})
    made.add("line_retracted", {"line": counted, "reason": "changed"})
    made.add("coupon_set", {"sku": "ring", "region": "US", "code": "SAVE", "percent": 0})
    made.add("line_retracted", {"line": coupon, "reason": "ended"})
    file = journal(tmp_path / "j.duckdb", made)
    found = verify_claims(file)["stood_false"]
    assert found == {"claims": 2, "p95_seconds": 2 * STEP / 1e6, "max_seconds": 2 * STEP / 1e6, "longest_seq": 6}
    assert verify_claims(file, seconds_max=2.1)["ok"]
    strict = verify_claims(file, seconds_max=1.5)
    assert [breach["check"] for breach in strict["breaches"]] == ["outlived"]
    assert "2.000 s after its fact had become false; 1.5 is allowed" in sentences(strict)
    assert "2 stood on after their fact had become false" in "\n".join(lines(strict))


def test_a_line_that_nobody_took_back_is_false_until_the_journal_ends_or_the_show_closes(tmp_path: Path) -> None:
    made = small()
    made.publish("shop-en", "next_hero", *TRUE["next_hero"])
    made.add("sold", {}, claim("region/US", "committed/x", 40))
    made.add("show_closed", {})
    made.add("note_added", {})
    report = verify_claims(journal(tmp_path / "j.duckdb", made))
    assert (report["ok"], report["standing"]) == (True, 0)
    assert report["stood_false"]["max_seconds"] == STEP / 1e6


def test_a_term_ends_by_itself(tmp_path: Path) -> None:
    made = small()
    coupon = made.publish("shop-en", "coupon", *TRUE["coupon"])
    for _ in range(92):
        made.add("note_added", {})
    made.add("line_retracted", {"line": coupon, "reason": "ended"})
    late = made.publish("shop-en", "coupon", *TRUE["coupon"])
    report = verify_claims(journal(tmp_path / "j.duckdb", made))
    assert report["stood_false"]["longest_seq"] == 6
    assert late
    assert [breach["seq"] for breach in report["breaches"]] == [len(made.entries)]


def test_an_answer_may_speak_any_language_and_is_held_to_the_same_ledger(tmp_path: Path) -> None:
    made = small()
    at = int(datetime.fromisoformat(COMES).timestamp()) * 1_000_000
    made.add("shipment_started", {"shipment": "s", "to_location": "LAX", "eta": at}, good("supplier", "transit/s", 9))
    answers: list[tuple[str, Row]] = [
        ("Smart ring 2: 40 Stück", {**FACT, "units_left": 40}),
        ("Smart ring 2: 39 Stück", {**FACT, "units_left": 39}),
        ("Pulse band: ausverkauft", {**FACT, "sku": "band", "units_left": 0}),
        ("Pulse band: 0 Stück", {**FACT, "sku": "band", "units_left": 0}),
        ("Smart ring 2, Pulse band, Desk lamp 20 W", {}),
        ("Wir haben 3 Farben", {}),
        ("Smart ring 2: 3 Tage", {**FACT, "days_min": 3, "days_max": 3}),
        ("Smart ring 2: 3 bis 4 Tage", {**FACT, "days_min": 3, "days_max": 4}),
        ("Smart ring 2: 9 unterwegs, Di., 17. März, 05:36 Uhr", {**FACT, "units_incoming": 9, "eta": COMES}),
        (
            "Smart ring 2: 10 % mit SAVE bis Di., 17. März, 05:36 Uhr",
            {**FACT, "percent": 10, "code": "SAVE", "until": COMES},
        ),
        ("Smart ring 2: 9 unterwegs, Mi., 18. März, 05:36 Uhr", {**FACT, "units_incoming": 9, "eta": COMES}),
    ]
    for text, fact in answers:
        made.publish("shop-en", "answer", text, fact)
        made.entries[-1].data["language"] = "de"
        made.add("line_said", {"line": f"line-{made.lines}"})
    report = verify_claims(journal(tmp_path / "j.duckdb", made))
    assert [breach["seq"] for breach in report["breaches"]] == [9, 17, 21, 25, 27]
    assert (report["said"], report["standing"]) == (len(answers), 0)


def test_every_language_is_known_to_the_auditor() -> None:
    assert set(SPOKEN) == set(LANGUAGES) == set(CHECKED)


@pytest.mark.parametrize("seed", range(2))
def test_whatever_a_journal_says_the_auditor_answers(night: Path, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    odd: list[Any] = [None, True, -1, 1.5, 10**40, "", "x", [], ["ring", 3], {}, {"seq": 1}, "\x00", "１２"]

    def change(facts: list[Row]) -> None:
        for row in facts[1:]:
            holder = row["data"]
            if isinstance(holder.get("fact"), dict) and chance.random() < 0.7:
                holder = holder["fact"]
            if chance.random() < 0.5 and (names := [name for name in holder if name != "moves"]):
                holder[chance.choice(names)] = chance.choice(odd)

    report = verify_claims(rewritten(night, tmp_path / "b.duckdb", change))
    assert not report["ok"]
    assert all("\n" not in breach["sentence"] for breach in report["breaches"])


def test_one_report_tells_of_books_and_claims(night: Path, tmp_path: Path) -> None:
    whole = verify_whole(night)
    assert (whole["ok"], whole["claims"] > 80, whole["breach_count"]) == (True, True, 0)
    made = small()
    made.publish("shop-en", "next_hero", "Next: Smart ring 2, 7 left", FACT)
    false = verify_whole(journal(tmp_path / "j.duckdb", made))
    assert (false["ok"], false["claims"], false["breach_count"]) == (False, 1, 1)
    assert false["breaches"][0]["check"] == "claims"
    assert "says 7" in false["breaches"][0]["sentence"]
