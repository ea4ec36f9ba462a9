"""How a report writes its figures: units, money, shares, moments; in the manner of English or Chinese readers.

Money comes in minor units and leaves as text with the currency's own decimals (babel knows them); moments come as
ISO 8601 UTC and leave as show time or as a clock in a zone. Nothing here knows what a figure means. An absent figure
is a dash.
"""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import dates, numbers

from dashboard.catalogues import LOCALES

NONE = "–"
TEN_HOURS = 36_000


def units(count: float | None) -> str:
    """A count with separators: 2,950."""
    return NONE if count is None else f"{count:,.0f}".replace("-", "−")


def more(count: float | None, decimals: int = 0) -> str:
    """A difference with its sign: +38, −4, 0."""
    if count is None:
        return NONE
    text = f"{abs(count):,.{decimals}f}"
    zero = not any(digit in "123456789" for digit in text)
    return text if zero else ("+" if count > 0 else "−") + text


def decimal(value: float | None, decimals: int = 1) -> str:
    """A measured figure: 8.9."""
    return NONE if value is None else f"{value:,.{decimals}f}".replace("-", "−")


def share(part: float | None, decimals: int = 1) -> str:
    """A share of one as a percentage: 98.3%."""
    return NONE if part is None else f"{100 * part:.{decimals}f}%".replace("-", "−")


def above(ratio: float | None) -> str:
    """A ratio to a plan as what it is above or below: +35%."""
    return NONE if ratio is None else f"{more(100 * (ratio - 1))}%"


def amount(minor: int, currency: str) -> Decimal:
    """Minor units as an amount in the currency's own decimals."""
    return Decimal(minor).scaleb(-numbers.get_currency_precision(currency))


def money(minor: int | None, currency: str, language: str, signed: bool = False) -> str:
    """Minor units as an amount with its currency: $148,766.80."""
    if minor is None:
        return NONE
    return _signed(
        minor, numbers.format_currency(amount(abs(minor), currency), currency, locale=LOCALES[language]), signed
    )


def about(minor: int, currency: str, language: str) -> str:
    """Minor units as a large amount without its decimals: $148,767."""
    whole = round(amount(abs(minor), currency))
    text = numbers.format_currency(whole, currency, "¤#,##0", locale=LOCALES[language], currency_digits=False)
    return _signed(minor, text)


def _signed(minor: int, text: str, signed: bool = False) -> str:
    return ("−" if minor < 0 else "+" if signed and minor else "") + text


def show_time(seconds: float) -> str:
    """Seconds after the start as the screens write them: T+15:05, T+1 d 02:10 from ten hours on."""
    sign, whole = ("−" if seconds < 0 else "+"), abs(int(seconds))
    if whole < TEN_HOURS:
        return f"T{sign}{whole // 60:02d}:{whole % 60:02d}"
    days, rest = divmod(whole, 86_400)
    return f"T{sign}{days:,} d {rest // 3600:02d}:{rest % 3600 // 60:02d}"


def moment(iso: str) -> datetime:
    """A written moment as a time with its zone, UTC."""
    return datetime.fromisoformat(iso)


def day(iso: str, zone: str, language: str) -> str:
    """The day of a moment in a zone, in full: Saturday, March 14, 2026."""
    return str(dates.format_date(moment(iso).astimezone(ZoneInfo(zone)).date(), "full", locale=LOCALES[language]))


def clock(iso: str, zone: str) -> str:
    """The clock at a moment in a zone: 20:00."""
    return f"{moment(iso).astimezone(ZoneInfo(zone)):%H:%M}"
