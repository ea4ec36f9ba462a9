"""The writer's thread: takes what waits, as far as it may share one transaction, and answers it.

    hand_in(asks, now) -> Future          from any thread
    answer(asks, now) -> replies          on this one thread, for many callers at once (group commit)

Everybody gets the replies to their own questions, in order. A caller who gave up before their turn is passed over; one
who gives up later changes nothing. When `answer` raises, its callers are told and the next ones are served. What is
handed in after `stop` is refused at once; what waited before it is still answered. Knows nothing of what is asked.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, NamedTuple, TypeVar

Ask = TypeVar("Ask")
Reply = TypeVar("Reply")


class Asked(NamedTuple, Generic[Ask, Reply]):
    """Questions waiting; `now` is fixed, or read from the clock when their turn comes."""

    asks: Sequence[Ask]
    now: int | None
    on_clock: bool
    future: Future[list[Reply]]


class Writer(Generic[Ask, Reply]):
    """One thread, one queue; `asks_max` is how many questions share one transaction at most."""

    def __init__(
        self,
        answer: Callable[[Sequence[Ask], int | None], list[Reply]],
        refuse: Callable[[Sequence[Ask]], list[Reply]],
        clock: Callable[[], int],
        asks_max: int,
    ) -> None:
        self._answer, self._refuse, self._clock, self._asks_max = answer, refuse, clock, asks_max
        self._queue: queue.SimpleQueue[Asked[Ask, Reply] | None] = queue.SimpleQueue()
        self._door = threading.Lock()
        self._closed = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start answering."""
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Answer what waits, refuse what comes later, and end."""
        with self._door:
            self._closed = True
            self._queue.put(None)
        if self._thread:
            self._thread.join()
        while not self._queue.empty():
            left = self._queue.get()
            if left and left.future.set_running_or_notify_cancel():
                left.future.set_result(self._refuse(left.asks))

    def alive(self) -> bool:
        """Tell whether the thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def works_elsewhere(self) -> bool:
        """Tell whether the thread runs and the caller is not it."""
        return self.alive() and threading.current_thread() is not self._thread

    def hand_in(self, asks: Sequence[Ask], now: int | None, on_clock: bool) -> "Future[list[Reply]]":
        """Let questions wait for their turn."""
        asked: Asked[Ask, Reply] = Asked(asks, now, on_clock, Future())
        with self._door:
            if not self._closed:
                self._queue.put(asked)
                return asked.future
        asked.future.set_result(self._refuse(asks))
        return asked.future

    def _run(self) -> None:
        held: list[Asked[Ask, Reply]] = []
        while True:
            first = held.pop() if held else self._queue.get()
            if first is None:
                return
            taken = [first]
            size = len(first.asks)
            while first.on_clock and size < self._asks_max and not self._queue.empty():
                further = self._queue.get()
                if further is None:
                    self._queue.put(None)
                    break
                if not further.on_clock:
                    held.append(further)
                    break
                taken.append(further)
                size += len(further.asks)
            self._serve([asked for asked in taken if asked.future.set_running_or_notify_cancel()])

    def _serve(self, taken: "list[Asked[Ask, Reply]]") -> None:
        if not taken:
            return
        asks = [ask for asked in taken for ask in asked.asks]
        try:
            replies = self._answer(asks, self._clock() if taken[0].on_clock else taken[0].now)
        except Exception as problem:  # noqa: BLE001 - a broken program must not silence the writer for everybody else
            for asked in taken:
                asked.future.set_exception(problem)
            return
        position = 0
        for asked in taken:
            asked.future.set_result(replies[position : position + len(asked.asks)])
            position += len(asked.asks)
