"""A busy night that is filmed."""

from tests.decision.trading import Night
from tests.projections.film import Film


class FilmedNight(Night, Film):
    """Trades by chance and shows frames."""
