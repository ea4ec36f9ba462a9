"""A journal with a flipped byte, or cut anywhere, gets one sentence from every command that reads it, never a trace.

A block's checksum notices most flips; `mended` flips carry a right checksum, as somebody would write who knows the
format, so that what is broken is met deeper: in the catalog, in a column, in an event.
"""

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dashboard.journal.store import Journal, JournalProblem
from tests.cli.command import warroom
from tests.cli.conftest import write

HEADERS, HEADER, BLOCK = 3, 4096, 262_144
"""A DuckDB file: three headers, then blocks; each begins with eight bytes of checksum."""


def mended(whole: bytes, place: int) -> bytes:
    """The file with the checksum of the block around a place made right."""
    start, size = (place // HEADER * HEADER, HEADER)
    if place >= HEADERS * HEADER:
        start, size = (place - HEADERS * HEADER) // BLOCK * BLOCK + HEADERS * HEADER, BLOCK
    words = np.frombuffer(whole[start + 8 : start + size], dtype="<u8")
    with np.errstate(over="ignore"):
        checksum = int(np.bitwise_xor.reduce(words * np.uint64(0xBF58476D1CE4E5B9))) ^ 5381
    return whole[:start] + checksum.to_bytes(8, "little") + whole[start + 8 :]


def damaged(whole: bytes, chance: random.Random) -> Iterator[bytes]:
    """The file with a byte flipped, with a byte flipped and the checksum made right, and cut."""
    written = [place for place, byte in enumerate(whole) if byte]
    for number in range(10):
        place = chance.choice(written)
        flipped = whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(8)]) + whole[place + 1 :]
        yield mended(flipped, place) if number % 2 else flipped
    for number in range(4):
        yield whole[: chance.randrange(len(whole) if number % 2 else 20_000)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A sound journal."""
    return write(tmp_path_factory.mktemp("whole") / "spring.duckdb", "spring").read_bytes()


def test_the_checksum_is_made_right(whole: bytes) -> None:
    assert all(mended(whole, place) == whole for place in (0, 5000, 9000, 20_000, 300_000))


def test_every_command_answers_a_damaged_journal_in_one_sentence(whole: bytes, tmp_path: Path) -> None:
    path, out, codes = tmp_path / "spring.duckdb", tmp_path / "out", []
    commands = (("verify", path), ("frame", path), ("grade", path), ("export", path, "--out", out))
    for content in damaged(whole, random.Random(20260314)):
        path.write_bytes(content)
        for command in commands:
            outcome = warroom(*command)
            assert outcome.code in (0, 1, 2)
            codes.append(outcome.code)
            if outcome.code == 2:
                assert outcome.out == ""
                assert outcome.err.count("\n") == 1, outcome.err
                assert len(outcome.err) < 700, outcome.err
    assert {0, 2} <= set(codes)


def test_a_reader_opens_a_damaged_journal_or_says_why_not(whole: bytes, tmp_path: Path) -> None:
    path, said = tmp_path / "spring.duckdb", []
    for content in damaged(whole, random.Random(7)):
        path.write_bytes(content)
        try:
            journal = Journal(path, read_only=True)
        except JournalProblem as problem:
            said.append(str(problem))
            continue
        try:
            assert len(list(journal.events())) <= 10
            journal.spans()
        except JournalProblem as problem:
            said.append(str(problem))
        finally:
            journal.close()
    assert said
    assert not [sentence for sentence in said if "\n" in sentence]
