"""A web server of a test's own on loopback that remembers what it was asked, and waiting without sleeping blindly."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Asked = tuple[str, str, bytes]
Said = tuple[int, dict[str, str], bytes]


def until(condition: Callable[[], object], seconds: float = 8.0) -> bool:
    """Look again and again until something holds; tells whether it came to that in time."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if condition():
            return True
        pause.wait(0.01)
    return bool(condition())


class Web:
    """What the server was asked, and how it answers; while `closed` is unset it may hold an answer back."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answer: Callable[[Asked], Said] = lambda asked: (200, {}, b"{}")
        self.closed = threading.Event()
        self.url = ""


@contextmanager
def web() -> Iterator[Web]:
    """A server that runs meanwhile."""
    told = Web()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            asked = (self.command, self.path, body)
            told.asked.append(asked)
            status, headers, said = told.answer(asked)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_PUT = do_POST  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield told
    finally:
        told.closed.set()
        server.shutdown()
        server.server_close()
