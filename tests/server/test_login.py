"""Signing in by OpenID Connect: the whole way to a provider and back, and who one is afterwards.

The provider is a mock on this machine; the war room is the real process; the viewer speaks the page's own protocol.
"""

import logging
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import oidc_provider_mock
import pytest

from dashboard.host_links import beside
from dashboard.journal.store import Journal
from dashboard.room import Room
from tests.benchmarks.processes import WARROOM, Server, free_port
from tests.server.show import NOW, one_sentence, opening, order
from tests.server.viewer import Viewer

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

COOKIE = "b2c7e5a1f0d94c3ab2c7e5a1f0d94c3a"
ERP, SCREEN = "erp-9f2c4d7a1b3e5f60", "wall-9f2c4d7a1b3e5f60"
TABS = ("Decide", "By hand", "Settled", "Questions")
"""What one may press to look."""
CONFIG = """
journal = "{journal}"
secrets = "{secrets}"

[roles]
"ann@example.com" = "strategist"
"*@agency.example" = "host"
default = "viewer"
"""
SECRETS = """
[auth]
redirect_uri = "{url}/oauth2callback"
cookie_secret = "{cookie}"
client_id = "war-room"
client_secret = "not used by the mock"
server_metadata_url = "{provider}/.well-known/openid-configuration"

[api_tokens]
erp = {{ token = "{erp}", role = "admin" }}
wall = {{ token = "{wall}", role = "viewer" }}
"""


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """A provider that knows four people."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    users = [
        oidc_provider_mock.User(sub=name, claims={"email": mail, "email_verified": verified})
        for name, mail, verified in (
            ("ann", "Ann@example.com", True),
            ("ben", "ben@agency.example", True),
            ("cat", "cat@elsewhere.example", True),
            ("eve", "ann@example.com", False),
        )
    ]
    with oidc_provider_mock.run_server_in_thread(user_claims=users) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(scope="module")
def served(provider: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`warroom serve --config` with sign-in, on a journal with an open show."""
    folder = tmp_path_factory.mktemp("login")
    room = Room(Journal(folder / "show.duckdb"), clock=lambda: NOW)
    room.handle(opening(), None)
    room.stop()
    port = free_port()
    secrets, config = folder / "secrets.toml", folder / "war.toml"
    secrets.write_text(
        SECRETS.format(url=f"http://127.0.0.1:{port}", cookie=COOKIE, provider=provider, erp=ERP, wall=SCREEN)
    )
    secrets.chmod(0o600)
    config.write_text(CONFIG.format(journal=folder / "show.duckdb", secrets=secrets))
    with Server([*WARROOM, "serve", "--config", str(config), "--port", str(port)], port, folder / "log") as server:
        yield server


def test_before_signing_in_a_page_shows_the_door_and_nothing_of_the_show(served: Server) -> None:
    with Viewer(served.url) as viewer:
        page = viewer.look()
        assert list(page.buttons) == ["Sign in"]
        assert "Spring" not in page.html
        assert "bidi_component" not in page.kinds


def test_a_link_opens_the_host_page_of_one_channel_and_no_other_page(served: Server) -> None:
    links = beside(str(served.log.parent / "show.duckdb"))
    query = urlsplit(links.address("", "spring", "shop-us", time.time_ns() // 1000)).query
    with Viewer(served.url) as viewer:
        page = viewer.look(at=f"host?{query}")
        assert "bidi_component" in page.kinds
        assert not page.buttons
        for other in ("", "live", "replay", "audit", "setup"):
            assert list(viewer.look(at=f"{other}?{query}").buttons) == ["Sign in"]
        for changed in (query.replace("shop-us", "shop-eu"), query[:-1], query.replace("spring", "autumn")):
            page = viewer.look(at=f"host?{changed}")
            assert "This link does not work" in page.html
            assert "bidi_component" not in page.kinds
        assert list(viewer.look(at="host").buttons) == ["Sign in"]


@pytest.mark.parametrize(
    ("subject", "who"),
    [
        ("ann", "ann@example.com · strategist"),
        ("ben", "ben@agency.example · host"),
        ("cat", "cat@elsewhere.example · viewer"),
        ("eve", "unverified:eve · viewer"),
    ],
)
def test_whoever_signs_in_has_the_role_of_a_verified_address(served: Server, subject: str, who: str) -> None:
    with Viewer(served.url) as viewer:
        back = viewer.sign_in(subject)
        assert back.status_code == 200
        assert str(back.url) == f"{served.url}/"
        page = viewer.look()
        assert who in page.html
        assert "Sign in" not in page.buttons
        assert ("Move" in "".join(page.buttons)) == (subject == "ann")
        pressed = {button for button in page.buttons if not button.startswith(TABS)}
        assert pressed == {"Sign out"} or subject in ("ann", "ben")


def test_after_signing_out_the_door_is_closed_again(served: Server) -> None:
    with Viewer(served.url) as viewer:
        viewer.sign_in("ann")
        out = viewer.sign_out()
        assert out.is_redirect
        assert "/oauth2/end_session" in out.headers["location"]
        assert not viewer.client.cookies.get("_streamlit_user")
        assert list(viewer.look().buttons) == ["Sign in"]


@pytest.mark.parametrize("state", ["", "forged"])
def test_an_answer_nobody_asked_for_signs_nobody_in(served: Server, state: str) -> None:
    with Viewer(served.url) as viewer:
        form = viewer.client.get(served.url + viewer.look("Sign in").sent_to, follow_redirects=True)
        named = viewer.client.post(form.url, data={"sub": "ann"})
        code = parse_qs(urlsplit(named.headers["location"]).query)["code"][0]
        viewer.client.get(f"{served.url}/oauth2callback", params={"code": code, "state": state}, follow_redirects=True)
        assert not viewer.client.cookies.get("_streamlit_user")
        assert list(viewer.look().buttons) == ["Sign in"]


def test_a_forged_cookie_signs_nobody_in(served: Server) -> None:
    with Viewer(served.url) as viewer:
        viewer.sign_in("cat")
        cookie = viewer.client.cookies["_streamlit_user"]
        viewer.client.cookies.clear()
        viewer.client.cookies.set("_streamlit_user", cookie[:-4] + ("AAAA" if not cookie.endswith("AAAA") else "BBBB"))
        assert list(viewer.look().buttons) == ["Sign in"]


def test_a_page_of_another_name_signs_nobody_in(served: Server) -> None:
    """A page whose name was made to lead here holds cookies of its own name at best."""
    with Viewer(served.url) as known:
        known.sign_in("ann")
        with Viewer(served.url, f"evil.example:{served.port}") as stranger:
            stranger.client.cookies.update(known.client.cookies)
            assert list(stranger.look().buttons) == ["Sign in"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/frame"),
        ("GET", "/api/dead-letters"),
        ("POST", "/api/orders"),
        ("POST", "/api/commands"),
        ("POST", "/api/dead-letters/1/retry"),
    ],
)
def test_programs_need_a_token_where_people_sign_in(served: Server, method: str, path: str) -> None:
    with httpx.Client(base_url=served.url, timeout=30) as client:
        for given in ({}, {"authorization": "Bearer wrong"}, {"authorization": f"Basic {ERP}"}):
            answer = client.request(method, path, headers=given)
            assert answer.status_code == 401, answer.text
            assert answer.headers["www-authenticate"] == "Bearer"
            body = answer.json()
            assert one_sentence(body.get("error") or body["sentence"])
        known = client.request(method, path, headers={"authorization": f"Bearer {ERP}"}, json=order("1"))
        assert known.status_code not in (401, 403), known.text
        looking = client.request(method, path, headers={"authorization": f"Bearer {SCREEN}"}, json=order("2"))
        assert looking.status_code == (200 if method == "GET" else 403 if "commands" not in path else 200), looking.text


def test_what_keeps_an_eye_on_the_server_needs_no_token(served: Server) -> None:
    with httpx.Client(base_url=served.url, timeout=30) as client:
        assert client.get("/healthz").json()["status"] == "ok"
        assert client.get("/metrics").status_code == 200


def test_nothing_secret_is_written_to_the_log(served: Server) -> None:
    log = served.log.read_text()
    for secret in (COOKIE, ERP, SCREEN, "not used by the mock"):
        assert secret not in log
    assert "Traceback" not in log.replace("OAuth token exchange failed", "")
