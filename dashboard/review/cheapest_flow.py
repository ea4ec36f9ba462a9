"""The cheapest flow: what is best sent through a network whose arcs have room and a price; a worth is one below 0.

    node, arc(room, price) -> fill(source, target) -> sent(arc)

Rounds of equal price, the cheapest first: the distances to every node are worked out with what can be sent back counted
at its price, then everything is sent that arrives at that distance; the next round is dearer, and when a unit costs as
much as it is worth there is none. That is the method of successive shortest paths, so after each round no flow of that
size is cheaper, and at the end no flow at all. Whole numbers go in and come out; the same arcs in the same order give
the same answer. Arcs must not lead in a circle.
"""

from collections import deque

FAR = 1 << 62


class Network:
    """Nodes are numbered from 0; every arc has its way back beside it (number `arc ^ 1`)."""

    def __init__(self) -> None:
        self._out: list[list[int]] = []
        self._head: list[int] = []
        self._room: list[int] = []
        self._price: list[int] = []

    def node(self) -> int:
        """A new node."""
        self._out.append([])
        return len(self._out) - 1

    def arc(self, tail: int, head: int, room: int, price: int = 0) -> int:
        """A new arc for at most `room` units at a price for each; returns its number."""
        number = len(self._head)
        for one, other, units, each in ((tail, head, room, price), (head, tail, 0, -price)):
            self._out[one].append(len(self._head))
            self._head.append(other)
            self._room.append(units)
            self._price.append(each)
        return number

    def sent(self, arc: int) -> int:
        """Units that an arc carries."""
        return self._room[arc ^ 1]

    def fill(self, source: int, target: int) -> int:
        """Send units for as long as that is worth more than it costs; returns how many were sent."""
        sent = 0
        while True:
            distance = self._distances(source)
            if distance[target] >= 0:
                return sent
            while units := self._sweep(source, target, distance):
                sent += units

    def _distances(self, source: int) -> list[int]:
        """The price of the cheapest way with room left from the source to every node."""
        distance = [FAR] * len(self._out)
        waits = [False] * len(self._out)
        distance[source] = 0
        queue = deque([source])
        while queue:
            here = queue.popleft()
            waits[here] = False
            for arc in self._out[here]:
                head, reached = self._head[arc], distance[here] + self._price[arc]
                if self._room[arc] and reached < distance[head]:
                    distance[head] = reached
                    if not waits[head]:
                        waits[head] = True
                        queue.append(head)
        return distance

    def _sweep(self, source: int, target: int, distance: list[int]) -> int:
        """Look once at every arc of the cheapest ways and send what it lets through; 0 when there is no such way."""
        tried = [0] * len(self._out)
        closed = [False] * len(self._out)
        closed[source] = True
        sent, here = 0, source
        path: list[int] = []
        while True:
            arc = self._onward(here, tried, closed, distance)
            if arc is not None:
                path.append(arc)
                here = self._head[arc]
                closed[here] = True
                if here == target:
                    sent += self._push(path)
                    for passed in path:
                        closed[self._head[passed]] = False
                    path, here = [], source
            elif path:
                here = self._head[path.pop() ^ 1]
                tried[here] += 1
            else:
                return sent

    def _onward(self, here: int, tried: list[int], closed: list[bool], distance: list[int]) -> int | None:
        """The next arc of a cheapest way out of a node; nodes on the path or found hopeless are `closed`."""
        arcs = self._out[here]
        while tried[here] < len(arcs):
            arc = arcs[tried[here]]
            head = self._head[arc]
            if self._room[arc] and not closed[head] and distance[head] == distance[here] + self._price[arc]:
                return arc
            tried[here] += 1
        return None

    def _push(self, path: list[int]) -> int:
        """Send what fits along a path."""
        units = min(self._room[arc] for arc in path)
        for arc in path:
            self._room[arc] -= units
            self._room[arc ^ 1] += units
        return units
