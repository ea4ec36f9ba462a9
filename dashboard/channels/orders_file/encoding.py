"""The bytes of an order file, and the text they are: gzip, byte order marks, encodings.

    survey(path) reads the whole file once -> Survey(size, kind of bytes, head, tail)    truncated gzip stops here
    choose(survey, ...) -> (encoding, what was assumed)                                  a mapping key always wins
    utf8(survey, encoding) -> the same text again as chunks of UTF-8

Because the survey reads to the end before anything is parsed, a file that is broken at its last byte is refused
before the first order is submitted. Files up to `KEEP_BYTES_MAX` stay in memory, so the second pass costs nothing.
An undeclared encoding is taken only when the bytes leave one candidate: marks, valid UTF-8, the column names of the
mapping found in the header; else it is refused with the candidates, or (western text) assumed and reported.
"""

import codecs
import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from dashboard.channels.orders_file.problem import ImportProblem, quoted

CHUNK_BYTES = 1 << 20
KEEP_BYTES_MAX = 256 << 20
SAMPLE_BYTES_MAX = 1 << 18
GZIP_MAGIC = b"\x1f\x8b"
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
WESTERN = "cp1252"
CANDIDATES = ("gb18030", "cp932", "big5", "euc_kr", "euc_jp", WESTERN, "cp1250", "cp1251", "latin-1")
WIDENED = {"gbk": "gb18030", "gb2312": "gb18030", "shift_jis": "cp932", "big5": "cp950", "euc_kr": "cp949"}
"""Encodings whose files in practice use the larger set that contains them."""
Progress = Callable[[str, int, int], None]
HeaderFits = Callable[[str], bool]


class Survey(msgspec.Struct):
    """What one reading of the whole file found out."""

    path: Path
    size: int = 0
    is_utf8: bool = True
    head: bytes = b""
    tail: bytes = b""
    kept: list[bytes] | None = None


def survey(path: Path, progress: Progress) -> Survey:
    """Read the file to its end; ImportProblem for a missing, empty or damaged one."""
    found = Survey(path=path, kept=[])
    decoder = codecs.getincrementaldecoder("utf-8")()
    total = path.stat().st_size
    for chunk, done in _chunks(path):
        if found.is_utf8:
            found.is_utf8 = _decodes(decoder, chunk)
        if len(found.head) < SAMPLE_BYTES_MAX:
            found.head += chunk[:SAMPLE_BYTES_MAX]
        found.tail = (found.tail + chunk)[-SAMPLE_BYTES_MAX:]
        found.size += len(chunk)
        found.kept = _keep(found, chunk)
        progress("read", done, total)
    found.is_utf8 = found.is_utf8 and _decodes(decoder, b"", final=True)
    if not found.tail.strip(b"\x00\r\n\t \xef\xbb\xbf\xff\xfe"):
        raise ImportProblem(f"{path.name} is empty: it holds no header and no orders.")
    return found


def _keep(found: Survey, chunk: bytes) -> list[bytes] | None:
    if found.kept is None or found.size > KEEP_BYTES_MAX:
        return None
    found.kept.append(chunk)
    return found.kept


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def is_gzip(path: Path) -> bool:
    """Tell whether the file is compressed, by its first bytes."""
    with path.open("rb") as file:
        return file.read(2) == GZIP_MAGIC


def _chunks(path: Path) -> Iterator[tuple[bytes, int]]:
    """The uncompressed bytes in chunks, each with how far into the stored file it reaches."""
    zipped = is_gzip(path)
    if path.suffix.lower() == ".gz" and not zipped:
        raise ImportProblem(f"{path.name} ends in .gz but is not gzip; unpack it, or name it for what it is.")
    with path.open("rb") as stored:
        file = gzip.GzipFile(fileobj=stored) if zipped else stored
        done = 0
        try:
            while chunk := file.read(CHUNK_BYTES):
                done += len(chunk)
                yield chunk, stored.tell()
        except EOFError:
            raise ImportProblem(
                f"{path.name} is a truncated gzip: it ends after {done:,} bytes of text; copy or download it again."
            ) from None
        except (gzip.BadGzipFile, zlib.error) as problem:
            raise ImportProblem(
                f"{path.name} is a damaged gzip (after {done:,} bytes of text: {problem}); copy or download it again."
            ) from None


def choose(found: Survey, declared: str, header_fits: HeaderFits) -> tuple[str, str]:
    """The encoding to read with, and a sentence on what was assumed ('' if nothing was)."""
    if declared:
        name = codecs.lookup(declared).name
        starts_marked = name in ("utf-8", "utf_8") and found.head.startswith(codecs.BOM_UTF8)
        return ("utf-8-sig" if starts_marked else WIDENED.get(name, name)), ""
    for mark, name in MARKS:
        if found.head.startswith(mark):
            return name, ""
    half = found.head[:4096]
    if half.count(0) > len(half) // 4:
        odd = half[1::2].count(0) > half[::2].count(0)
        return ("utf-16-le" if odd else "utf-16-be"), "The file is UTF-16 without a byte order mark."
    if 0 in half:
        raise ImportProblem(f"{found.path.name} is no text file: it holds zero bytes; give CSV, XLSX or Parquet.")
    if found.is_utf8:
        return "utf-8", ""
    return _legacy(found, header_fits)


def _legacy(found: Survey, header_fits: HeaderFits) -> tuple[str, str]:
    """One of the encodings from before Unicode, if the bytes or the mapped column names single it out."""
    foreign = _foreign_lines(found)
    lines = foreign.splitlines()
    if sum(_all_decode(line, "utf-8") for line in lines) > len(lines) // 2:
        for _ in utf8(found, "utf-8"):
            pass
    fitting = [name for name in CANDIDATES if _all_decode(foreign, name)]
    if not (found.head.splitlines() or [b""])[0].isascii():
        named = [name for name in fitting if header_fits(name)]
        if named:
            return named[0], ""
    runs = re.findall(rb"[\x80-\xff]+", foreign)
    alone = sum(len(run) == 1 for run in runs)
    if alone > 0.8 * len(runs):
        name = WESTERN if WESTERN in fitting else "latin-1"
        return name, f"The file is not UTF-8; {name} (western) was assumed: say encoding in [file] if it is not."
    if "gb18030" in fitting and _looks_chinese(foreign):
        return "gb18030", "The file is not UTF-8; gb18030 (Chinese) was assumed: say encoding in [file] if it is not."
    raise ImportProblem(
        f"{found.path.name} is not UTF-8 and its bytes do not say what it is; "
        f"say which in the mapping, such as encoding = {fitting[0]!r} in [file] (possible: {quoted(fitting)})."
    )


def _foreign_lines(found: Survey) -> bytes:
    """Lines with bytes outside ASCII, up to a limit."""
    lines: list[bytes] = []
    size = 0
    for chunk in _again(found):
        if not chunk.isascii():
            lines.extend(line for line in chunk.splitlines(keepends=True) if not line.isascii())
            size = sum(map(len, lines))
        if size > SAMPLE_BYTES_MAX:
            break
    return b"".join(lines)


def _again(found: Survey) -> Iterator[bytes]:
    """The bytes of a surveyed file once more."""
    return iter(found.kept) if found.kept is not None else (chunk for chunk, _ in _chunks(found.path))


def _all_decode(data: bytes, name: str) -> bool:
    try:
        for line in data.splitlines()[:-1] or [data]:
            line.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _looks_chinese(data: bytes) -> bool:
    """Everyday Chinese: nearly all pairs lie in the frequent half of GB 2312, and not nearly all are Hangul."""
    text = data.decode("gb18030", "ignore")
    foreign = [letter for letter in text if ord(letter) > 127]
    frequent = sum(b"\xb0\xa1" <= letter.encode("gb18030") <= b"\xd7\xfe" for letter in foreign)
    korean = data.decode("euc_kr", "ignore")
    hangul = sum("가" <= letter <= "힣" for letter in korean)
    return frequent > 0.7 * len(foreign) and hangul < 0.8 * max(1, sum(ord(letter) > 127 for letter in korean))


def utf8(found: Survey, encoding: str) -> Iterator[bytes]:
    """The whole text again as chunks of UTF-8; ImportProblem where bytes do not fit the encoding."""
    chunks = _again(found)
    if encoding == "utf-8" and found.is_utf8:
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = done = 0
    chunk = b""
    try:
        for chunk in chunks:
            text = decoder.decode(chunk)
            lines += text.count("\n")
            done += len(chunk)
            yield text.encode("utf-8", "replace")
        yield decoder.decode(b"", True).encode("utf-8", "replace")
    except UnicodeDecodeError as problem:
        line = lines + 1 + problem.object[: problem.start].count(b"\n")
        raise ImportProblem(
            f"{found.path.name}, line {line}: bytes {problem.object[problem.start : problem.end].hex()} "
            f"are not {encoding}; say the right encoding in [file]."
        ) from None
