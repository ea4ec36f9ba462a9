"""Frames of the past for many who jump and play at once: the same whatever was asked before, folded on where they can be."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest

from dashboard.journal.store import Journal
from dashboard.projections import past as pasts
from dashboard.projections.past import FrameProblem, Past
from dashboard.room import past_frame, patience
from tests.decision.shows import SHOW
from tests.room.random_show import OTHER_SHOW, Player, opened


class Watched(Journal):
    """A journal that notes which events were asked for."""

    folded: list[tuple[int, int]]

    def told(self, show: str, after: int, upto: int) -> Iterator[tuple[int, int, str, str, str]]:
        self.folded.append((after, upto))
        return super().told(show, after, upto)


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    path: Path = tmp_path_factory.mktemp("past") / "night.duckdb"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WARROOM_CHECKPOINT_MOVES", "60")
        player = Player(opened(path), 5)
        for _ in range(60):
            player.step()
        player.room.stop()
    found = Watched(path, read_only=True)
    found.folded = []
    yield found
    found.close()


def last(journal: Journal) -> int:
    return next(span.last_seq for span in journal.spans() if span.show == SHOW)


def alone(journal: Journal, show: str, seq: int) -> bytes:
    return orjson.dumps(past_frame(journal, show, seq, None, patience()))


def test_who_plays_forward_folds_only_what_happened_since(journal: Watched) -> None:
    past = Past(journal, patience())
    seqs = range(last(journal) - 12, last(journal) + 1, 3)
    past.frame(SHOW, seqs[0], None)
    journal.folded.clear()
    for seq in seqs[1:]:
        assert orjson.dumps(past.frame(SHOW, seq, None)) == alone(journal, SHOW, seq)
    assert [upto - after <= 6 for after, upto in journal.folded[::2]] == [True] * 4


def test_many_threads_that_jump_and_play_get_what_one_alone_gets(journal: Watched) -> None:
    past = Past(journal, patience())
    end = last(journal)
    expected = {(show, seq): alone(journal, show, seq) for show in (SHOW, OTHER_SHOW) for seq in range(8, end, 5)}

    def look(seed: int) -> list[tuple[str, int]]:
        chance = random.Random(seed)
        asked = [chance.choice([*expected]) for _ in range(10)]
        asked += [key for key in expected if key[0] == SHOW][-8:]
        return [key for key in asked if orjson.dumps(past.frame(*key, None)) != expected[key]]

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(look, range(6))) == [[]] * 6
    assert len(past._playheads) <= pasts.PLAYHEADS_KEPT


def test_a_moment_before_the_show_opened_has_no_frame_and_leaves_nothing_behind(journal: Watched) -> None:
    past = Past(journal, patience())
    with pytest.raises(FrameProblem, match="had not opened at that moment"):
        past.frame(SHOW, 0, None)
    assert past._playheads == []
