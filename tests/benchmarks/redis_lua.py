"""Redis as a yardstick: a Lua script that takes a unit if one is left, with every write synced to disk.

The server is ours alone: started in a temporary folder, on a socket there, gone afterwards. The requests are encoded
beforehand and answers are only counted, so what is timed is Redis.
"""

import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType

TAKE = (
    "local left = tonumber(redis.call('get', KEYS[1])) "
    "if left > 0 then redis.call('decr', KEYS[1]) return left - 1 end return -1"
)
PIPELINED = 4096
START_SECONDS_MAX = 10.0


def encoded(*words: str) -> bytes:
    """A request as Redis reads it."""
    parts = [f"*{len(words)}\r\n"] + [f"${len(word.encode())}\r\n{word}\r\n" for word in words]
    return "".join(parts).encode()


class Script:
    """A running server with stock under one key."""

    @staticmethod
    def installed() -> bool:
        """Tell whether there is a redis-server on this machine."""
        return shutil.which("redis-server") is not None

    def __init__(self, folder: Path) -> None:
        self.address = folder / "s"
        self.process = subprocess.Popen(
            [
                *("redis-server", "--port", "0", "--unixsocket", str(self.address), "--dir", str(folder)),
                *("--appendonly", "yes", "--appendfsync", "always", "--save", ""),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> "Script":
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        give_up = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                self.socket.connect(str(self.address))
                break
            except OSError:
                if time.monotonic() > give_up:
                    self.process.kill()
                    raise
                time.sleep(0.02)
        self.socket.sendall(encoded("set", "HOT-SKU", "1000000000"))
        self._wait(1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, what: BaseException | None, where: TracebackType | None
    ) -> None:
        self.socket.close()
        self.process.terminate()
        self.process.wait(10)

    def each(self, seconds: float) -> float:
        """Orders a second, one request and one sync each."""
        return self._rate(1, seconds)

    def pipelined(self, seconds: float) -> float:
        """Orders a second, 4096 requests sent at once."""
        return self._rate(PIPELINED, seconds)

    def _rate(self, at_once: int, seconds: float) -> float:
        request = encoded("eval", TAKE, "1", "HOT-SKU") * at_once
        done = 0
        begun = time.perf_counter()
        while time.perf_counter() - begun < seconds:
            self.socket.sendall(request)
            self._wait(at_once)
            done += at_once
        return done / (time.perf_counter() - begun)

    def _wait(self, answers: int) -> None:
        while answers > 0:
            received = self.socket.recv(1 << 20)
            assert received, "Redis hung up"
            assert b"-ERR" not in received, received[:200]
            answers -= received.count(b"\r\n")
