"""Bulk orders as newline-delimited JSON: one order a line in, one answer a line out.

    {"channel": "shopify-us", "order_id": "1001", "sku": "HALO-ROSE", "quantity": 1}
    {"channel": "shopify-us", "order_id": "1002", "lines": [{"sku": "HALO-ROSE", "quantity": 1}], "country": "US"}

The body is plain or gzipped, in one part or several. A line that cannot be read is answered in its place and changes
nothing; the others go on. A retry of a line is answered `exists`. Prices are integers in minor units; without one the
show's price holds. Ids may be written as whole numbers and are kept as strings.
"""

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec

from dashboard.decision.commands import Minor, Name, OrderLine, PlaceOrder, Units

Row = dict[str, Any]
Word = Annotated[str, msgspec.Meta(max_length=200)]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AT = re.compile(r"(?P<what>.*) - at `\$\.(?P<field>.*)`", re.DOTALL)
_encode = msgspec.json.Encoder().encode


class BodyProblem(ValueError):
    """The whole body is refused; `status` is the HTTP status, the message one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class _Item(msgspec.Struct):
    """One line of an order as it may be written; fields nobody needs are passed over."""

    sku: Name
    quantity: Units
    price_minor: Minor | None = None


class _Line(msgspec.Struct):
    """One order as it may be written."""

    channel: Name
    order_id: Word | int | None = None
    order: Word | int | None = None
    id: Name | None = None
    show: Name | None = None
    sku: Name | None = None
    quantity: Units | None = None
    price_minor: Minor | None = None
    lines: tuple[_Item, ...] = ()
    country: Word = ""
    currency: Word = ""
    buyer: Word = ""
    time: datetime | None = None


_decode = msgspec.json.Decoder(_Line).decode


def body(raw: bytes, encoding: str, bytes_max: int) -> bytes:
    """The readable body, unpacked when it came gzipped; raises BodyProblem."""
    return unpacked(raw, encoding, bytes_max).removeprefix(codecs.BOM_UTF8)


def unpacked(raw: bytes, encoding: str, bytes_max: int) -> bytes:
    """The bytes that were packed for the way, at most so many; raises BodyProblem."""
    named = encoding.strip().lower()
    if named in ("gzip", "x-gzip"):
        raw = _unpacked(raw, bytes_max)
    elif named not in ("", "identity"):
        raise BodyProblem(415, f"The body is encoded as {encoding[:40]!r}; send it plain or as gzip.")
    if len(raw) > bytes_max:
        raise too_large(bytes_max)
    return raw


def _unpacked(raw: bytes, bytes_max: int) -> bytes:
    """The text of a gzip file of one or more members, at most one byte over the limit; raises BodyProblem."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as unpacked:
            return unpacked.read(bytes_max + 1)
    except EOFError:
        raise BodyProblem(400, "The gzipped body breaks off before its end; send it whole.") from None
    except (OSError, zlib.error) as problem:
        raise BodyProblem(400, f"The body is said to be gzip and is not: {problem}.") from None


def too_large(bytes_max: int) -> BodyProblem:
    """The refusal of a body over the limit."""
    return BodyProblem(413, f"The body is larger than {bytes_max} bytes; send the orders in smaller parts.")


def read(raw: bytes, default_show: str | None, lines_max: int) -> tuple[list[PlaceOrder], list[int], list[Row]]:
    """Commands, the line number of each, and the answers of lines that cannot be read; raises BodyProblem."""
    commands: list[PlaceOrder] = []
    numbers: list[int] = []
    refused: list[Row] = []
    lines = raw.split(b"\n")
    if not raw.strip():
        raise BodyProblem(400, "The body is empty; send one order as JSON per line.")
    if len(lines) > lines_max:
        raise BodyProblem(413, f"The body has {len(lines)} lines; send at most {lines_max} at once.")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            commands.append(_command(_decode(line), default_show))
            numbers.append(number)
        except (msgspec.DecodeError, ValueError, RecursionError) as problem:
            sentence = f"Line {number}: {_plain(problem)}"
            refused.append({"line": number, "status": "refused", "code": "malformed", "sentence": sentence})
    return commands, numbers, refused


def _command(line: _Line, default_show: str | None) -> PlaceOrder:
    order = line.order_id if line.order_id is not None else line.order
    if order is None or order == "":
        raise ValueError('there is no order id; give it as "order_id".')
    show = line.show or default_show
    if show is None:
        raise ValueError('no show is open; open one, or name it as "show".')
    lines = tuple(OrderLine(item.sku, item.quantity, item.price_minor) for item in line.lines)
    if line.sku is not None or line.quantity is not None:
        if lines:
            raise ValueError('give either "sku" and "quantity" or "lines", not both.')
        if line.sku is None or line.quantity is None:
            raise ValueError('give both "sku" and "quantity".')
        lines = (OrderLine(line.sku, line.quantity, line.price_minor),)
    at = None
    if line.time is not None:
        moment = line.time if line.time.tzinfo else line.time.replace(tzinfo=UTC)
        at = (moment - _EPOCH) // timedelta(microseconds=1)
    return PlaceOrder(
        id=line.id or f"order/{show}/{line.channel}/{order}",
        show=show,
        actor=line.channel,
        source=f"/channels/{line.channel}",
        event_time=at,
        channel=line.channel,
        order=str(order),
        lines=lines,
        country=line.country,
        currency=line.currency,
        buyer=line.buyer,
    )


def _plain(problem: Exception) -> str:
    """A decoder's complaint as a sentence that starts with the field it is about."""
    if isinstance(problem, UnicodeDecodeError):
        return "the text is not UTF-8."
    if isinstance(problem, RecursionError):
        return "the JSON is nested too deeply; an order is flat."
    text = str(problem).rstrip(".")
    found = _AT.fullmatch(text)
    if found:
        text = f"{found['field']}: {found['what'][0].lower()}{found['what'][1:]}"
    return text.replace("`", "") + "."


def answers(
    commands: Sequence[PlaceOrder], numbers: Sequence[int], refused: list[Row], decided: Sequence[Any]
) -> bytes:
    """The answers as NDJSON, in the order of the lines."""
    rows = list(refused)
    for command, number, answer in zip(commands, numbers, decided, strict=True):
        row: Row = {"line": number, "order": command.order, "status": str(answer.status)}
        if answer.seq is not None:
            row["seq"] = answer.seq
        if answer.code:
            row |= {"code": str(answer.code), "sentence": f"Line {number}: {answer.sentence}"}
        if answer.would_work is not None:
            row["would_work"] = answer.would_work
        rows.append(row)
    rows.sort(key=lambda row: row["line"])
    return b"\n".join(map(_encode, rows)) + b"\n"
