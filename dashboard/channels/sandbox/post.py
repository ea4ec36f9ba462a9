"""A very small HTTP client for the sandbox's webhooks: POST over kept connections, and only the status of the answer.

    post(path, headers, body) -> an idle connection, or a new one -> status, or 0 without an answer

Hundreds of deliveries a second leave one process that also plays the platforms; a general client costs several times
what all the rest does. It speaks to one plain address of this machine that states the length of its answers.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Poster:
    """Posts to one address, such as http://127.0.0.1:8501; at most `at_once` deliveries are under way."""

    def __init__(self, url: str, at_once: int, seconds_max: float) -> None:
        address = urlsplit(url)
        self._host, self._port = address.hostname or "127.0.0.1", address.port or 80
        self._seconds_max = seconds_max
        self._idle: list[Connection] = []
        self._turns = asyncio.Semaphore(at_once)

    async def post(self, path: str, headers: Mapping[str, str], body: bytes) -> int:
        """Deliver once; 0 when nobody answered."""
        said = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        start = f"POST {path} HTTP/1.1\r\nhost: {self._host}:{self._port}\r\n"
        message = f"{start}{said}content-length: {len(body)}\r\n\r\n".encode("latin-1") + body
        async with self._turns:
            with suppress(OSError, EOFError, ValueError, TimeoutError, asyncio.LimitOverrunError):
                async with asyncio.timeout(self._seconds_max):
                    return await self._exchange(message)
        return 0

    async def _exchange(self, message: bytes) -> int:
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof():
                with suppress(asyncio.IncompleteReadError, ConnectionError):
                    return await self._say(message, reader, writer)
            writer.close()  # the other side closed what was idle for long: nothing was read there
        return await self._say(message, *await asyncio.open_connection(self._host, self._port))

    async def _say(self, message: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
        try:
            writer.write(message)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
            await reader.readexactly(length)
        except BaseException:
            writer.close()
            raise
        if b"connection: close" in head:
            writer.close()
        else:
            self._idle.append((reader, writer))
        return int(head.split(b" ", 2)[1])

    def close(self) -> None:
        """Close what is idle."""
        for _, writer in self._idle:
            writer.close()
        self._idle.clear()
