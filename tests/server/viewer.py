"""A viewer without a browser: cookies, redirects and the page's websocket, spoken as Streamlit's own page speaks it."""

import socket
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

PATIENCE_SECONDS = 30.0


class Page:
    """What one run of a page drew."""

    def __init__(self, messages: list[ForwardMsg]) -> None:
        elements = [m.delta.new_element for m in messages if m.WhichOneof("type") == "delta"]
        self.html = "".join(element.html.body for element in elements if element.WhichOneof("type") == "html")
        self.kinds = {element.WhichOneof("type") for element in elements}
        self.buttons = {e.button.label: e.button.id for e in elements if e.WhichOneof("type") == "button"}
        self.sent_to = next((m.auth_redirect.url for m in messages if m.WhichOneof("type") == "auth_redirect"), "")


class Viewer:
    """One browser's memory: its cookies; `host` is another name that leads to the same server."""

    def __init__(self, url: str, host: str = "") -> None:
        self.url = url
        self.host = host or url.removeprefix("http://")
        self.client = httpx.Client(timeout=PATIENCE_SECONDS)

    def __enter__(self) -> "Viewer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, what: BaseException | None, where: TracebackType | None
    ) -> None:
        self.client.close()

    def look(self, press: str = "", headers: dict[str, str] | None = None, at: str = "") -> Page:
        """Open a page (`name?query`), press one of its buttons if asked to, and return what was drawn last."""
        self.client.get(f"{self.url}/_stcore/health")
        token = self.client.cookies.get("_streamlit_xsrf") or "none"
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.client.cookies.jar)
        with connect(
            f"ws://{self.host}/_stcore/stream",
            sock=socket.create_connection(("127.0.0.1", urlsplit(self.url).port or 80)),
            origin=f"http://{self.host}",  # type: ignore[arg-type]
            subprotocols=["streamlit", token],  # type: ignore[list-item]
            additional_headers={"Cookie": cookies, **(headers or {})},
            max_size=None,
        ) as line:
            asked = BackMsg()
            asked.rerun_script.page_name, _, asked.rerun_script.query_string = at.partition("?")
            line.send(asked.SerializeToString())
            page = Page(self._run(line))
            if press:
                widget = asked.rerun_script.widget_states.widgets.add()
                widget.id, widget.trigger_value = page.buttons[press], True
                line.send(asked.SerializeToString())
                page = Page(self._run(line))
            return page

    def _run(self, line: Any) -> list[ForwardMsg]:
        messages: list[ForwardMsg] = []
        while not messages or messages[-1].WhichOneof("type") != "script_finished":
            message = ForwardMsg()
            message.ParseFromString(line.recv(timeout=PATIENCE_SECONDS))
            messages.append(message)
        return messages

    def sign_in(self, subject: str, press: str = "Sign in") -> httpx.Response:
        """Press the button, go to the provider, name oneself there, and come back."""
        form = self.client.get(self.url + self.look(press).sent_to, follow_redirects=True)
        assert form.status_code == 200, form.text
        return self.client.post(form.url, data={"sub": subject}, follow_redirects=True)

    def sign_out(self) -> httpx.Response:
        """Press the button and go where it leads, but for the provider's own page."""
        return self.client.get(self.url + self.look("Sign out").sent_to)
