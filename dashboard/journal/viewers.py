"""How many watched: the viewer counts that channels reported, summed over time.

A count holds until the channel reports the next, at most to the end that is asked for; before the first nobody is
counted. Only what was known at a seq is read, so a review of an instant stays what it was.
"""

from dashboard.journal.store import Journal

_MINUTES = """
with told as (
    select channel, epoch_us(time) as told_at, value,
           lead(epoch_us(time)) over (partition by channel order by time, rowid) as until
    from observations where show_id = $show and kind = 'viewers' and after_seq <= $seq
)
select channel, sum(value * greatest(0, least(coalesce(until, $end), $end) - greatest(told_at, $start))) / 60e6
from told group by channel order by channel
"""
_PEAK = """
with told as (
    select epoch_us(time) as told_at,
           value - coalesce(lag(value) over (partition by channel order by time, rowid), 0) as more
    from observations where show_id = $show and kind = 'viewers' and after_seq <= $seq
),
counted as (select told_at, sum(more) over (order by told_at) as viewers from told)
select max(viewers) from counted where told_at <= $end
"""


def viewer_minutes(journal: Journal, show: str, seq: int, start: int, end: int) -> dict[str, float]:
    """Viewer-minutes per channel that reports viewers, between two times (microseconds)."""
    values = {"show": show, "seq": seq, "start": start, "end": end}
    return {name: float(minutes) for name, minutes in journal.read(_MINUTES, values)}


def peak(journal: Journal, show: str, seq: int, end: int) -> int | None:
    """The most viewers at once over all channels up to a time; None where nobody counted."""
    [(most,)] = journal.read(_PEAK, {"show": show, "seq": seq, "end": end})
    return None if most is None else int(most)
