"""Sections of a report that say how far to trust it: the countdown's record, and the evidence of the journal."""

from dashboard.review import figures, words
from dashboard.review.charts import calibration
from dashboard.review.html_view import Shown, View, shown
from dashboard.review.markup import Column, Safe, element, join, table


def countdown(view: View) -> Safe:
    """How well the sell-out countdown kept its word."""
    say, record = view.say, view.review["countdown"]
    if not record["forecasts"]:
        return element("p", say("No countdown could be graded."), kind="empty")
    grades = [{"name": say("All"), **record}]
    grades += [{"name": words.horizon(row["horizon"], say), **row} for row in record["by_horizon"]]
    grades += [{"name": view.code("tier", row["tier"]), **row} for row in record["by_tier"]]
    columns = [
        Shown("", lambda row: row["name"], False),
        view.count(say("Forecasts"), "forecasts", grades, sums=False),
        Shown(say("80% band held"), lambda row: figures.share(row["coverage_80"])),
        Shown(say("Median error, min"), lambda row: figures.decimal(row["median_abs_error_minutes"])),
    ]
    remarks = [element("p", sentence) for sentence in _remarks(view)]
    means = view.means(
        "Each forecast is graded once nothing can change its grade. Eight of ten truths should lie in the band shown; "
        "on the drawing, a countdown that knows its chances lies on the dashed line."
    )
    drawing = Safe(calibration(record["calibration"], say)) if record["calibration"] else Safe("")
    return join([means, element("div", drawing, element("div", shown(grades, columns), *remarks), kind="pair")])


def _remarks(view: View) -> list[str]:
    say, record = view.say, view.review["countdown"]
    told = []
    if record["warned_share"] is not None:
        sentence = say(
            "{share} of {count} sell-outs were announced two minutes ahead or more; {false} of the alarms were false."
        )
        told.append(
            sentence.format(
                share=figures.share(record["warned_share"], 0),
                count=figures.units(record["sell_outs"]),
                false=figures.share(record["false_alarm_share"], 0),
            )
        )
    if record["tuning_shows"]:
        told.append(say("Tuned by {tuning}.").format(tuning=record["tuning"]))
    else:
        told.append(say("Not tuned by earlier shows."))
    return told


def evidence(view: View) -> Safe:
    """What proves the figures, and how anybody checks them."""
    say, proof = view.say, view.review["proof"]
    stock = proof["identity"]
    balance = say(
        "{on_hand} on hand = {available} available + {committed} committed + {unavailable} unavailable; "
        "{incoming} on the way."
    )
    rows = [
        (say("Oversold"), figures.units(proof["oversold"])),
        (say("Entries in the journal"), figures.units(proof["events"])),
        (say("Moves in both books"), figures.units(proof["moves"])),
        (say("Breaches"), figures.units(proof["breach_count"]) if proof["verified"] is not None else figures.NONE),
        (say("Stock at the end"), balance.format(**{name: figures.units(units) for name, units in stock.items()})),
        (say("Head of the hash chain"), element("span", proof["head"]["hash"], kind="hash")),
    ]
    means = view.means(
        "Every unit is booked twice, in what may be sold and in where it lies, and every entry carries the hash of the "
        "one before it: whoever changes, adds or drops one changes the head below."
    )
    checks = (
        ("warroom verify FILE", say("recounts the books and the chain; needs only the file.")),
        (
            f"warroom rerun FILE --show {view.review['show']['show']}",
            say("decides every order again; without a change it ends at the same hash."),
        ),
    )
    return join(
        [
            means,
            table([Column(say("What"), False), Column(say("Found"), False)], rows),
            *(element("p", sentence, kind="bad") for sentence in proof["breaches"]),
            element("h3", say("Check it yourself")),
            *(element("p", element("code", command), " – ", does) for command, does in checks),
        ]
    )
