"""Sharing: a SKU's listings in `shared` mode, which may overlap; each promises units that an order draws only later.

    claims of the ledger + overlap (known to nobody else)  >=  counter + sold but unseen here + raises on their way

In `proof` mode a listing is backed unit by unit. Here what channels held goes back to the region's pool, and each lists
beyond its own units most of what an order could draw late: the region's pool, and the region's share of the flexible
one where a sale is worth it. Nothing of that overlap is in the ledger: raising it is a push, and so is lowering it, and
there is nothing to give back. An order that draws from a pool uses up as much of its channel's overlap.

While the gate of a SKU in a region is open (`shared_gate`), a listing is pushed only when it has left the band around
its share of the pool. As the pool empties, the slower channels take their parts first and the quickest go on; when
their gate shuts too, overlap is lowered first; what is then listed fits the units, is handed to
the channels as claims, which takes no push, and from there on `rebalance` goes on as in proof mode. Only the part that
the flexible pool backs stays overlap, and all of it together fits that pool.

A channel whose news is late, or that cannot be called or answers nothing, cannot be lowered: it may sell all it lists,
so all of that counts as sold for the others. After a restart nobody knows what overlaps: until a listing was settled,
and what stands there beyond its claim taken down as drift, nothing of that SKU is handed out in its region. A counter
that cannot be lowered at all gets no overlap. What can fail: demand that is far above every forecast of the next
moments sells units twice; such an order finds no claim, waits in the inbox and alarms.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from dashboard.channels.connection import Connection
from dashboard.channels.pacing import SECOND
from dashboard.channels.rebalance import Standing, shifts, targets
from dashboard.channels.shared_gate import Gate
from dashboard.channels.shared_sight import Claims, Node, Sight
from dashboard.decision import commands as c, ledger as book
from dashboard.decision.holdings import holdings_of
from dashboard.decision.state import Show
from dashboard.decision.world import OrderLine

AIM, LOW, HIGH = 0.7, 0.4, 0.9
"""Of what an order could draw late, a listing promises about so much, and is pushed when it has left these bounds."""
WORTH_UNITS = 6
"""Fewer units than this are no reason to raise a listing, nor to move a claim."""
OWN_SHARE = 0.1
"""Of what could be drawn late, a channel keeps at most so much as its own while the gate is open."""
UNFAIR = 0.5
"""A listing that promises so much more than its part is lowered, though all of them fit the units."""
CALLS_EACH = 2
"""So many calls are kept for each overlapping listing of a channel before another is raised."""
AGAIN_SECONDS = 5.0
"""So long a listing is not raised again: the platform may have refused."""
UNKNOWN_SECONDS = 120.0
"""A listing that was not settled so long after a restart may list all there is."""
LOOK_SECONDS = 0.5
TOLD = 0.25
"""Overlap is told again when it differs from what was told by more than this share."""


class Room(Protocol):
    """What sharing needs of the room."""

    @property
    def world(self) -> Mapping[str, Show]:
        """The ledger of every show."""

    def observe(
        self, show: str, now: int, kind: str, channel: str = "", sku: str = "", value: int = 0, note: str = ""
    ) -> None:
        """Note what decides nothing."""


class Sharing:
    """The overlap of one show's listings; `units` by (channel, SKU) is what a listing promises beyond its claim."""

    def __init__(self, show: str, room: Room, connections: Mapping[str, Connection], claims: Claims) -> None:
        self.show, self.room, self.connections, self.claims = show, room, connections, claims
        self.sight = Sight(show, room, connections, claims)
        self.units: dict[tuple[str, str], int] = {}
        self.gates: dict[tuple[str, str, bool], Gate] = {}
        """(region, SKU, whether only the quickest overlap) -> its gate."""
        self.unknown: set[tuple[str, str]] = set()
        """Listings that may overlap from before a restart."""
        self._resumed_at = 0
        self.events = 0
        """Events that turned claims into overlap or overlap into claims."""
        self._raised: dict[tuple[str, str], int] = {}
        self._looked: dict[tuple[str, str], tuple[int, int, int]] = {}
        self._told: dict[tuple[str, str], int] = {}
        self._risks: dict[str, int] = {}

    # --- hearing ----------------------------------------------------------------------------------------------

    def resumed(self, now: int) -> None:
        """Calls of an earlier process may be on their way: what its listings promised is not known."""
        self._resumed_at = now
        shared = self._world().once_shared
        self.unknown = {
            (channel, sku)
            for channel, connection in self.connections.items()
            for sku, listing in connection.listings.items()
            if sku in shared and listing.can_lower()
        }

    def settled(self, channel: str, sku: str, beyond: int) -> None:
        """A listing was settled; `beyond` units stand there that no claim covers."""
        if not beyond:
            self.unknown.discard((channel, sku))

    def sold(self, connection: Connection, lines: Sequence[OrderLine], order: tuple[str, str]) -> None:
        """An order reached the ledger: what it drew from pools, its listings promise no more."""
        self.sight.heard(lines)
        if not self.units:
            return
        own, known = (connection.exposure, connection.cover), self._world().orders[order]
        for one in known.holdings or holdings_of(known.moves, known.lines):
            key = connection.channel, one.sku
            if one.claim not in own and key in self.units:
                self._set(key, self.units[key] - one.open)

    def take_back(self, channel: str, sku: str, units: int) -> int:
        """Units fewer are listed, sold by nobody: overlap goes first; returns what is left to give back."""
        had = self.units.get((channel, sku), 0)
        taken = min(had, units)
        self._set((channel, sku), had - taken)
        return units - taken

    def _set(self, key: tuple[str, str], units: int) -> None:
        if units > 0:
            self.units[key] = units
        else:
            self.units.pop(key, None)

    # --- looking ----------------------------------------------------------------------------------------------

    def concerns(self, region: str, sku: str) -> bool:
        """Tell whether a SKU is, was or may be listed more than once in a region."""
        if sku in self._world().shared:
            return True
        if not (self.units or self.unknown):
            return False
        mine = [(channel, sku) for channel, at in self.claims.regions.items() if at == region]
        return any(key in self.units or key in self.unknown for key in mine)

    def look(self, now: int) -> None:
        """Have every shared SKU looked at where its pools have changed, and now and then in any case."""
        shared = self._world().shared
        if not (shared or self.units):
            return
        skus = {*shared, *(sku for _, sku in self.units)}
        for region in set(self.claims.regions.values()):
            for sku in skus:
                pools = self.claims.units(sku, book.region_pool(region)), self.claims.units(sku, book.FLEXIBLE)
                at, *had = self._looked.get((region, sku), (0, -1, -1))
                if now - at >= LOOK_SECONDS * SECOND or tuple(had) != pools:
                    self._looked[region, sku] = now, *pools
                    self.claims.dirty.add((region, sku))

    def share(
        self, region: str, sku: str, standings: list[Standing], left: int, now: int
    ) -> tuple[int, list[Standing]]:
        """Begin the changes of overlap; returns what of `left` may be handed out as claims, and the listings for it."""
        if not self._is_known(region, sku, left, now):
            return 0, []
        shared = sku in self._world().shared
        node = self.sight.node(region, sku, standings, left, self.units, now)
        short = node.gone - left - node.flexible
        if short > 0:  # what cannot be lowered may sell more than the pools hold: the others have to give it
            standings = self.claims.take_back(sku, short, standings, now)
            node = self.sight.node(region, sku, standings, left, self.units, now)
        for quickest in (False, True):
            gate = self.gates.setdefault((region, sku, quickest), Gate())
            if not shared:
                gate.shut(now)
                continue
            some = self.sight.quickest(node, self.units) if quickest else node
            units = some.late() + (0 if gate.is_open else sum(self._convertible(some, one) for one in some.quick))
            if gate.look(units, self.sight.rates(some), self.sight.reaction(some), self.sight.lot(sku), now):
                return self._overlap(some)
        return self._part(node)

    def _is_known(self, region: str, sku: str, left: int, now: int) -> bool:
        """Tell whether it is known what overlaps; of a listing that tells nothing for long the worst is assumed."""
        unknown = [one for one in self.sight.mine(region, sku) if (one.channel, sku) in self.unknown]
        if unknown and now - self._resumed_at < UNKNOWN_SECONDS * SECOND:
            return False
        for one in unknown:
            level = one.listings[sku].level
            own = self.claims.units(sku, one.exposure) + self.claims.units(sku, one.cover)
            self._set((one.channel, sku), (left + own if level is None else level) - own)
            self.unknown.discard((one.channel, sku))
        return True

    def _world(self) -> Show:
        return self.room.world[self.show]

    # --- overlapping ------------------------------------------------------------------------------------------

    def _convertible(self, node: Node, one: Standing) -> int:
        """Units of a channel's claim that others may sell as well: not those a guest sells."""
        if self._world().guests or not node.draws_region:
            return 0
        connection = self.connections[one.channel]
        return self.claims.units(node.sku, connection.exposure) + self.claims.units(node.sku, connection.cover)

    def _overlap(self, node: Node) -> tuple[int, list[Standing]]:
        """Turn what quick channels hold into overlap, and keep each near its share of what can be drawn late.

        The slow ones are handed their parts as in proof mode, and what they promise from before is brought down to it.
        """
        for one in node.quick:
            units = self._convertible(node, one)
            if units >= max(WORTH_UNITS, OWN_SHARE * node.late()):
                node = node._replace(left=node.left + self._let_go(node, one))
        for one in node.quick:
            most = node.late() - (0 if self.sight.earns(one.channel, node.sku) else node.flexible)
            part = self.sight.part(node, one, AIM)
            aim = int(part * max(0, most))
            over = self.sight.beyond(node, one)
            if over > HIGH / AIM * part * most:
                if one.idle:
                    self._lower(node, one, over - aim)
                else:
                    self._retract(node, one)
            elif over < LOW / AIM * part * most and aim - over >= WORTH_UNITS and self._may_raise(node, one):
                self._raise(node, one, aim - over)
        part = self.sight.part_of_slow(node)
        busy = self._partition(node, node.slow, part)
        left, rest = self._free(node, node.slow, busy, shut=False)
        promised = sum(self.units.get((one.channel, node.sku), 0) for one in node.slow)
        return max(0, min(left, node.late(), part - promised - (node.left - left))), rest

    def _let_go(self, node: Node, one: Standing) -> int:
        """Turn what a channel holds into overlap, which takes no push; returns the units its region's pool got."""
        connection, returned = self.connections[one.channel], 0
        for kind, account in ((c.Recall, connection.exposure), (c.ReleaseCover, connection.cover)):
            units = self.claims.units(node.sku, account)
            if self.claims.move(kind, connection, node.sku, units, node.now):
                returned += units
                self.events += 1
        key = one.channel, node.sku
        self._set(key, self.units.get(key, 0) + returned)
        return returned

    def _may_raise(self, node: Node, one: Standing) -> bool:
        """Tell whether a listing may be raised, and enough calls are left to lower all that overlaps on its channel."""
        connection = self.connections[one.channel]
        if not one.idle or node.now - self._raised.get((one.channel, node.sku), 0) < AGAIN_SECONDS * SECOND:
            return False
        mine = sum(1 for name, _ in self.units if name == one.channel)
        left = connection.stock.left(node.now)
        return connection.may_call("stock", node.now, urgent=False) and left > CALLS_EACH * (mine + 1)

    def _raise(self, node: Node, one: Standing, units: int) -> None:
        connection, sku = self.connections[one.channel], node.sku
        to, key = one.claim + units, (one.channel, node.sku)
        had = self.units.get(key, 0)
        if connection.capability.push == "absolute":  # what is withheld of its counter needs no claim here either
            held = self.claims.units(sku, connection.exposure) + self.claims.units(sku, connection.cover)
            units = max(1, to + self.claims.cover(connection, sku, node.now) - held - had)
        self._set(key, had + units)
        self._raised[key] = node.now
        self.claims.change(connection, connection.listings[sku], units, to, node.now)

    def _retract(self, node: Node, one: Standing) -> None:
        """Take back a raise that waits for its turn: it has not left."""
        connection = self.connections[one.channel]
        units = connection.listings[node.sku].retract()
        if units:
            self.claims.give_back(connection, node.sku, units, node.now)

    def lift(self, connection: Connection, sku: str, ceiling: int, now: int) -> int:
        """An absolute counter is held below what was meant: overlap needs no list of orders first, only a promise."""
        change = connection.listings[sku].change
        gate = self.gates.get((self.claims.regions[connection.channel], sku, False))
        if gate is None or not gate.is_open or change is None or not self.sight.is_quick(connection, sku, now):
            return ceiling
        key = connection.channel, sku
        self._set(key, self.units.get(key, 0) + change.to - ceiling)
        return change.to

    def _lower(self, node: Node, one: Standing, units: int) -> None:
        connection = self.connections[one.channel]
        self.claims.change(connection, connection.listings[node.sku], -units, one.claim - units, node.now)

    # --- partitioning -----------------------------------------------------------------------------------------

    def _part(self, node: Node) -> tuple[int, list[Standing]]:
        """Lower overlap until it fits the units, then hand it to its channels as claims."""
        busy = self._partition(node, (*node.quick, *node.slow), node.left + node.flexible)
        left, rest = self._free(node, (*node.quick, *node.slow), busy, shut=True)
        return self._spread(node, left, rest, busy)

    def _partition(self, node: Node, standings: Sequence[Standing], units: int) -> set[str]:
        """Lower what these and the late channels promise beyond their part of the units, hand them what they list.

        Returns the channels that are being lowered.
        """
        names = {one.channel for one in standings}
        late = [
            self.claims.standing(one, node.sku, node.now)
            for one in self.sight.mine(node.region, node.sku)
            if self.claims.is_late(one, node.now) and one.may_call("stock", node.now) and one.channel not in names
        ]
        reached = [one for one in (*standings, *late) if one.can_lower]
        if not any((one.channel, node.sku) in self.units for one in reached):
            return set()
        names = {one.channel for one in reached}
        mine = self.sight.mine(node.region, node.sku)
        lost = sum(self.units.get((one.channel, node.sku), 0) for one in mine if one.channel not in names)
        return self._fit(node, reached, max(0, units - lost))

    def _fit(self, node: Node, reached: list[Standing], budget: int) -> set[str]:
        """Lower what is promised beyond the budget, or by one far beyond its part; returns who is being lowered."""
        over = {one.channel: self.sight.beyond(node, one) for one in reached}
        own = {one.channel: one.claim - over[one.channel] for one in reached}
        fits = sum(over.values()) <= budget
        seconds = max(0.0, (self.claims.ends_at - node.now) / SECOND)
        target = targets(budget + sum(own.values()), [one._replace(rests=0) for one in reached], seconds)
        busy: set[str] = set()
        for one in sorted(reached, key=lambda one: (-one.rate, one.channel)):
            had = over[one.channel]
            keep = min(budget, had, max(0, target[one.channel] - own[one.channel]))
            if fits and had - keep <= max(WORTH_UNITS, UNFAIR * target[one.channel]):
                keep = had
            budget -= keep
            if had > keep:
                busy.add(one.channel)
                if one.idle:
                    self._lower(node, one, had - keep)
                else:
                    self._retract(node, one)
        return busy

    def _free(
        self, node: Node, standings: Sequence[Standing], busy: set[str], shut: bool
    ) -> tuple[int, list[Standing]]:
        """Hand channels what they list already, which takes no push; returns what is left of the region's pool.

        When the gate is shut, only as far as the units suffice for what is promised everywhere: a lowering that is not
        confirmed may never be.
        """
        left = node.left
        backed = left + node.flexible if shut else node.late() + self._promised(node)
        for one in standings:
            key = one.channel, node.sku
            had = self.units.get(key, 0)
            units = min(had, left, backed - self._promised(node) + had)
            if one.channel in busy or not one.idle or units < max(1, min(had, WORTH_UNITS)):
                continue
            if self.claims.move(c.Expose, self.connections[one.channel], node.sku, units, node.now):
                self.events += 1
                self._set(key, had - units)
                left, backed = left - units, backed - units
        return left, [one._replace(idle=False) if one.channel in busy else one for one in standings]

    def _promised(self, node: Node) -> int:
        """Units that the region's listings promise beyond what they hold."""
        mine = self.sight.mine(node.region, node.sku)
        return sum(self.units.get((one.channel, node.sku), 0) for one in mine)

    def _spread(self, node: Node, left: int, rest: list[Standing], busy: set[str]) -> tuple[int, list[Standing]]:
        """What may be handed out of the region's pool; when that is little, list what the flexible one still backs."""
        free = left + node.flexible - self._promised(node)
        give = max(0, min(left, free))
        if node.flexible and give < WORTH_UNITS and free > give:
            names = {one.channel for one in node.quick}
            able = [one for one in rest if one.channel in names and self.sight.earns(one.channel, node.sku)]
            seconds = max(0.0, (self.claims.ends_at - node.now) / SECOND)
            for shift in shifts(free - give, able, seconds):
                one = next(one for one in able if one.channel == shift.channel)
                if shift.units > 0 and self._may_raise(node, one):
                    self._raise(node, one, shift.units)
                    busy.add(one.channel)
            rest = [one._replace(idle=False) if one.channel in busy else one for one in rest]
        return give, rest

    # --- telling ----------------------------------------------------------------------------------------------

    def tell(self, now: int) -> None:
        """Tell each listing's overlap and each SKU's risk where they have changed."""
        shared = self._world().shared
        for key in {*self.units, *self._told}:
            units, told = self.units.get(key, 0), self._told.get(key, 0)
            if units != told and (not units or not told or abs(units - told) > TOLD * told):
                self._told[key] = units
                self.room.observe(self.show, now, "overlap", *key, value=units)
        for sku in {*shared, *self._risks}:
            gates = [gate for (_, name, _), gate in self.gates.items() if name == sku and gate.is_open]
            ppm = round(1e6 * max((gate.chance for gate in gates), default=0.0))
            if ppm != self._risks.get(sku):
                self._risks[sku] = ppm
                self.room.observe(self.show, now, "risk_ppm", sku=sku, value=ppm)
