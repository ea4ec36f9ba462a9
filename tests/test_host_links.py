"""Host links: what opens a channel's page for a phone, and everything that does not."""

import stat
from pathlib import Path

import pytest

from dashboard import host_links
from dashboard.decision.refusals import Code
from dashboard.host_links import DAY, EXPIRED, FORGED, HostLinks, KeyProblem, Link, NoLink, beside, refused

SHOW, CHANNEL, NOW = "spring", "tiktok-us", 20_500 * DAY + 7_200_000_000


def why(links: HostLinks, token: str, show: str = SHOW, channel: str = CHANNEL, now: int = NOW) -> str:
    """Why a token opens nothing."""
    with pytest.raises(NoLink) as found:
        links.read(show, channel, token, now)
    return found.value.code


@pytest.fixture
def links(tmp_path: Path) -> HostLinks:
    return beside(str(tmp_path / "show.duckdb"))


def test_a_token_opens_its_channel_until_its_last_day_is_over(links: HostLinks) -> None:
    token = links.token(SHOW, CHANNEL, NOW)
    until = (20_500 + host_links.DAYS + 1) * DAY
    assert links.read(SHOW, CHANNEL, token, NOW) == Link(SHOW, CHANNEL, until)
    assert links.read(SHOW, CHANNEL, token, until - 1).until == until
    assert why(links, token, now=until) == EXPIRED


def test_a_token_is_the_same_all_day_and_another_tomorrow(links: HostLinks) -> None:
    assert links.token(SHOW, CHANNEL, NOW) == links.token(SHOW, CHANNEL, NOW + DAY // 2)
    assert links.token(SHOW, CHANNEL, NOW) != links.token(SHOW, CHANNEL, NOW + DAY)


def test_a_token_of_another_channel_or_show_opens_nothing(links: HostLinks) -> None:
    token = links.token(SHOW, CHANNEL, NOW)
    assert why(links, token, channel="tiktok-eu") == FORGED
    assert why(links, token, show="autumn") == FORGED
    assert why(links, links.token("a", "b,c", NOW), show="a,b", channel="c") == FORGED


def test_a_later_day_or_another_letter_proves_nothing(links: HostLinks) -> None:
    day, _, proof = links.token(SHOW, CHANNEL, NOW).partition(".")
    for token in (
        f"{int(day) + 1}.{proof}", f"{day}.{proof[:-1]}", f"{day}.{proof}A", f"{day}.", f".{proof}", f"-{day}.{proof}",
        f"0{day}.", "", ".", f"{day}.{proof[::-1]}", "9" * 40 + f".{proof}", f"²{day}.{proof}", f"{day}.\udcff", "x.y.z",
    ):  # fmt: skip
        assert why(links, token) == FORGED, token


def test_links_outlive_the_process_and_their_key_is_its_owners_alone(tmp_path: Path) -> None:
    journal = str(tmp_path / "show.duckdb")
    token = beside(journal).token(SHOW, CHANNEL, NOW)
    key = tmp_path / "show.duckdb.host-key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert beside(journal).read(SHOW, CHANNEL, token, NOW).channel == CHANNEL
    assert key.read_text() not in token


def test_another_key_ends_every_link_at_once(links: HostLinks) -> None:
    token = links.token(SHOW, CHANNEL, NOW)
    assert links.file is not None
    links.file.unlink()
    assert why(links, token) == FORGED
    assert links.token(SHOW, CHANNEL, NOW) != token
    assert why(links, token) == FORGED


def test_looking_makes_no_key(links: HostLinks) -> None:
    assert why(links, "20507.x") == FORGED
    assert links.file is not None
    assert not links.file.exists()


def test_a_key_that_others_can_read_proves_nothing_and_makes_nothing(links: HostLinks) -> None:
    token = links.token(SHOW, CHANNEL, NOW)
    assert links.file is not None
    links.file.chmod(0o644)
    assert why(links, token) == FORGED
    with pytest.raises(KeyProblem, match="chmod 600"):
        links.token(SHOW, CHANNEL, NOW)


def test_a_key_that_cannot_be_kept_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(KeyProblem, match="No key for links can be kept in"):
        beside(str(tmp_path / "nowhere" / "show.duckdb")).token(SHOW, CHANNEL, NOW)
    (tmp_path / "short.host-key").touch(0o600)
    with pytest.raises(KeyProblem, match="delete it"):
        beside(str(tmp_path / "short")).token(SHOW, CHANNEL, NOW)


def test_a_given_key_needs_no_file_and_a_journal_in_memory_has_its_own(tmp_path: Path) -> None:
    given = beside(str(tmp_path / "show.duckdb"), secret=b"k" * 32)
    assert given.read(SHOW, CHANNEL, given.token(SHOW, CHANNEL, NOW), NOW).channel == CHANNEL
    one, other = beside(":memory:"), beside(":memory:")
    assert why(other, one.token(SHOW, CHANNEL, NOW)) == FORGED
    assert not list(tmp_path.iterdir())
    assert "kkkk" not in repr(given)


def test_an_address_leads_to_the_public_one_or_to_where_somebody_looks_from(links: HostLinks) -> None:
    address = links.address("http://10.0.0.5:8501", "spring & sun", CHANNEL, NOW)
    assert address.startswith("http://10.0.0.5:8501/host?show=spring+%26+sun&channel=tiktok-us&link=20507.")
    public = HostLinks(links.file, public_url="https://war.example.com/")
    assert public.address("http://10.0.0.5:8501", SHOW, CHANNEL, NOW).startswith("https://war.example.com/host?")


@pytest.mark.parametrize(
    "row",
    [
        {"type": "reallocate", "show": SHOW, "line": "l-1"},
        {"type": "set_speech", "show": SHOW, "channel": CHANNEL},
        {"type": "say_line", "show": SHOW, "line": "of another channel"},
        {"type": "say_line", "show": "autumn", "line": "l-1"},
        {"type": "say_line", "show": SHOW},
        {},
    ],
)
def test_a_link_may_ask_for_nothing_but_to_note_its_own_lines(row: dict[str, str]) -> None:
    refusal = refused(Link(SHOW, CHANNEL, 0), row, {"l-1"})
    assert refusal is not None
    assert refusal.code == Code.ROLE_FORBIDS
    assert "a host link" in refusal.sentence.lower()


def test_a_line_of_its_own_channel_may_be_noted_in_the_links_name() -> None:
    link = Link(SHOW, CHANNEL, 0)
    assert refused(link, {"type": "say_line", "show": SHOW, "line": "l-1"}, {"l-1"}) is None
    assert link.person().actor == "host-link:tiktok-us"
