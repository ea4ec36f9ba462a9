"""A mapping file (TOML) read into checked records: `load(path) -> Mapping`.

Liberal in what it takes (the synonyms of `mapping_keys`, sections written as one word, keys without a section), and
strict about what it does not know: an unknown key stops the import and is answered with the nearest valid key,
because a misspelt `decimal` would otherwise change every price in silence. All checks that need no order file are
made here: types, currencies, time zones, regular expressions, encodings.
"""

import codecs
import datetime
import re
import tomllib
import zoneinfo
from pathlib import Path
from typing import Any

import msgspec
from babel.numbers import list_currencies

from dashboard.channels.orders_file.mapping_keys import (
    BARE,
    FLAT_KEYS,
    KEY_SYNONYMS,
    NO_FILE,
    SECTION_SYNONYMS,
    SECTIONS,
    TABLES,
    Columns,
    LocationKeys,
    Mapping,
    Texts,
)
from dashboard.channels.orders_file.problem import ImportProblem, nearest, quoted

DELIMITER_NAMES = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "auto": ""}
MARK_NAMES = {"point": ".", "dot": ".", "period": ".", "comma": ",", "space": " ", "apostrophe": "'", "none": ""}
WRAPPERS = ("columns", "column", "mapping", "tables", "files")
Raw = dict[str, Any]


def load(path: Path) -> Mapping:
    """Read and check a mapping file; ImportProblem if it cannot be used."""
    return parse(_read_toml(path), path.name)


def parse(raw: Raw, name: str) -> Mapping:
    """Check a mapping given as the plain dict a TOML reader returns; `name` is said in complaints."""
    sections = _sections(raw, name)
    for needed in ("order", "time", "sku"):
        if not sections.get(needed):
            raise ImportProblem(f'{name} does not say which column holds the {needed}: write {needed} = "<column>".')
    try:
        mapping = msgspec.convert(sections, Mapping)
    except msgspec.ValidationError as problem:
        raise ImportProblem(f"{name}: {_in_words(str(problem))}.") from None
    _check(mapping, name)
    return mapping


def _read_toml(path: Path) -> Raw:
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise ImportProblem(f"The mapping {path} cannot be read: {problem.strerror or problem}.") from None
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ImportProblem(f"The mapping {path.name} is not UTF-8; save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as problem:
        raise ImportProblem(f"The mapping {path.name} is not valid TOML: {problem}.") from None


def _sections(raw: Raw, name: str) -> Raw:
    """The raw mapping with canonical section and key names, values in the shape their type wants."""
    sections: Raw = {}
    for key, value in _unwrapped(raw).items():
        section = key if key in SECTIONS else SECTION_SYNONYMS.get(key, "")
        if section == "location":
            places = value if isinstance(value, list) else [value]
            sections[section] = [_keys(section, _bare(section, place, name), name) for place in places]
        elif section:
            _add(sections, section, _keys(section, _bare(section, value, name), name), name)
        elif key in FLAT_KEYS:
            section, inner = FLAT_KEYS[key]
            _add(sections, section, _keys(section, {inner: value}, name), name)
        else:
            raise _unknown(key, "", (*SECTIONS, *SECTION_SYNONYMS, *FLAT_KEYS), name)
    return sections


def _unwrapped(raw: Raw) -> Raw:
    """Lift wrappers such as [columns], an [order] naming all columns, `sku_column = ...` keys, to plain sections."""
    flat: Raw = {}
    for key, value in raw.items():
        if key in WRAPPERS and isinstance(value, dict):
            flat.update(_unwrapped(value))
        elif key in ("order", "orders") and isinstance(value, dict):
            others = {inner: some for inner, some in value.items() if _is_no_order_key(inner)}
            flat.update(_unwrapped(others))
            flat[key] = {inner: some for inner, some in value.items() if inner not in others}
        else:
            bare = key.removesuffix("_column")
            known = bare in SECTIONS or bare in SECTION_SYNONYMS
            flat[bare if known and key not in FLAT_KEYS else key] = value
    return flat


def _is_no_order_key(key: str) -> bool:
    """Whether a key inside [order] speaks of something else, such as the time or the currency."""
    return key in SECTIONS or key in FLAT_KEYS or SECTION_SYNONYMS.get(key, "order") != "order"


def _bare(section: str, value: Any, name: str) -> Raw:
    """What a section means that is written as one word, number or list."""
    if isinstance(value, dict):
        return value
    if section == "quantity" and (value is True or "one row" in str(value).lower().replace("_", " ")):
        return {"one_row_is_one_unit": True}
    if section in TABLES and value is False:
        return {"file": NO_FILE}
    if section == "stock":
        return {"opening": value}
    if section == "cancel" and "negative" in str(value).lower():
        return {"negative_quantity": True}
    if section in BARE:
        return {BARE[section]: value}
    raise ImportProblem(f"{name}: [{section}] must be a section of keys, not {value!r}.")


def _keys(section: str, values: Raw, name: str) -> Raw:
    fields = {field.name: field.type for field in msgspec.structs.fields(SECTIONS[section])}
    synonyms = KEY_SYNONYMS.get(section, {})
    result: Raw = {}
    for key, value in values.items():
        canonical = key if key in fields else synonyms.get(key, KEY_SYNONYMS[""].get(key, key))
        if canonical not in fields:
            raise _unknown(key, section, (*fields, *synonyms), name)
        if canonical in result:
            raise ImportProblem(f"{name}: [{section}] says {canonical} twice (as {key!r} too); keep one.")
        result[canonical] = _shaped(fields[canonical], canonical, value)
    if section == "stock" and result.get("file") and result.get("opening", "file") != "file":
        raise ImportProblem(f"{name}: [stock] says both opening = {result['opening']!r} and a file; keep one.")
    return _stock(result) if section == "stock" else result


def _stock(keys: Raw) -> Raw:
    """Opening stock said as a number (a factor) or as a file name, in the two keys that mean it."""
    if keys.get("file") == NO_FILE:
        return {"opening": "needed"}
    opening = keys.get("opening", "needed" if "factor" in keys else "")
    if isinstance(opening, (int, float)) and not isinstance(opening, bool):
        keys = {"factor": float(opening), **keys, "opening": "needed"}
    elif opening == "factor":
        keys = {**keys, "opening": "needed"}
    elif opening not in ("", "needed", "file"):
        keys = {"file": opening, **keys}
    return {**keys, "opening": "file" if keys.get("file") else keys.get("opening", opening)}


def _shaped(kind: Any, key: str, value: Any) -> Any:
    """Wrap a single text where a list is meant, and read times that TOML understood by itself."""
    if kind in (Columns, Texts) or key == "find_by":
        items = value if isinstance(value, (list, tuple)) else [value]
        return [str(item) if isinstance(item, int) and not isinstance(item, bool) else item for item in items]
    if kind == dict[str, Texts] and isinstance(value, dict):
        return {inner: _shaped(Texts, "", some) for inner, some in value.items()}
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if key == "header_row" and isinstance(value, bool):
        return None if value else 0
    if key in ("decimal", "thousands") and isinstance(value, str):
        return MARK_NAMES.get(value.lower(), value)
    if key == "decimal" and value is True:
        return ","
    if key == "delimiter" and isinstance(value, str):
        return DELIMITER_NAMES.get(value.lower(), value)
    return value


def _add(sections: Raw, section: str, values: Raw, name: str) -> None:
    there = sections.setdefault(section, {})
    for key, value in values.items():
        if key in there:
            raise ImportProblem(f"{name}: {section}.{key} is said twice; keep one.")
        there[key] = value


def _unknown(key: str, section: str, known: tuple[str, ...], name: str) -> ImportProblem:
    where = f"[{section}]" if section else "the mapping"
    near = nearest(key, known)
    hint = f"did you mean {near[0]!r}?" if near else f"it may have {quoted(sorted(set(known)), 20)}."
    return ImportProblem(f"{name}: {where} has an unknown key {key!r}; {hint}")


def _in_words(complaint: str) -> str:
    """A decoder's complaint with its `$.price.decimal` path turned into words."""
    what, _, path = complaint.partition(" - at `$")
    where = path.strip("`.") or "the mapping"
    return f"{where}: {what[0].lower()}{what[1:]}" if what else where


def _check(mapping: Mapping, name: str) -> None:
    """Everything that is wrong in itself, before any order file is opened."""
    for zone in (mapping.time.zone, mapping.show.time_zone, *(place.time_zone for place in mapping.location)):
        if zone:
            zone_of(zone, name)
    if mapping.price.column and not (mapping.price.currency or mapping.price.currency_column):
        raise ImportProblem(f'{name}: prices need a currency; write currency = "EUR" (or currency_column) in [price].')
    if mapping.price.currency:
        check_currency(mapping.price.currency, name)
    if not mapping.quantity.column and not mapping.quantity.one_row_is_one_unit:
        raise ImportProblem(
            f'{name} does not say how many units a row holds: write quantity = "<column>", '
            f"or one_row_is_one_unit = true in [quantity]."
        )
    _check_marks(mapping, name)
    _check_patterns(mapping, name)
    _check_cancel(mapping, name)
    _check_places(mapping.location, name)


def _check_marks(mapping: Mapping, name: str) -> None:
    for section, keys in (("price", mapping.price), ("quantity", mapping.quantity)):
        if keys.decimal not in ("", ".", ","):
            raise ImportProblem(f"{name}: {section}.decimal is {keys.decimal!r}; it can be '.' or ','.")
        if len(keys.thousands) > 1:
            raise ImportProblem(f"{name}: {section}.thousands is {keys.thousands!r}; it is one character.")
        if keys.decimal and keys.decimal == keys.thousands:
            raise ImportProblem(f"{name}: {section}.decimal and thousands are both {keys.decimal!r}; they must differ.")
    for mark, value in (("delimiter", mapping.file.delimiter), ("quote", mapping.file.quote)):
        if len(value) > 1 or (value and not value.isascii()):
            raise ImportProblem(f"{name}: file.{mark} is {value!r}; it is one character, such as ';' or 'tab'.")
    encoding = mapping.file.encoding
    if encoding:
        try:
            codecs.lookup(encoding)
        except LookupError:
            near = nearest(encoding, ("utf-8", "utf-16", "cp1252", "latin-1", "gb18030", "shift_jis", "big5", "euc_kr"))
            hint = f"did you mean {near[0]!r}?" if near else "try 'utf-8', 'cp1252' or 'gb18030'."
            raise ImportProblem(f"{name}: file.encoding {encoding!r} is unknown; {hint}") from None


def _check_patterns(mapping: Mapping, name: str) -> None:
    for pattern in mapping.goods.not_goods_pattern:
        try:
            re.compile(pattern)
        except re.error as problem:
            sentence = f"{name}: goods.not_goods_pattern {pattern!r} is no regular expression: {problem}."
            raise ImportProblem(sentence) from None


def _check_cancel(mapping: Mapping, name: str) -> None:
    cancel = mapping.cancel
    if cancel.values and not cancel.column:
        raise ImportProblem(f"{name}: cancel.values needs cancel.column, the column that holds them.")
    if cancel.column and not cancel.values:
        raise ImportProblem(f'{name}: cancel.column needs cancel.values, such as values = ["cancelled"].')
    if "same_row" in cancel.find_by and len(cancel.find_by) > 1:
        raise ImportProblem(f"{name}: cancel.find_by 'same_row' stands alone: such a row names no other order.")
    needs = {"order_column": cancel.order, "customer_and_sku": mapping.customer.column}
    for way in cancel.find_by:
        if way in needs and not needs[way]:
            key = "cancel.order" if way == "order_column" else "customer.column"
            raise ImportProblem(f"{name}: cancel.find_by {way!r} needs {key}.")


def _check_places(places: tuple[LocationKeys, ...], name: str) -> None:
    ids = [place.id for place in places]
    if not ids or len(set(ids)) != len(ids):
        raise ImportProblem(f"{name}: every [[location]] needs its own id; given are {quoted(ids) or 'none'}.")
    for place in ids:
        if not place or "/" in place or place == "transit":
            raise ImportProblem(f"{name}: location id {place!r} cannot be used: no slash, not empty, not 'transit'.")


def check_currency(code: str, name: str) -> None:
    """Refuse a currency that is no ISO 4217 code, naming the nearest."""
    if code not in list_currencies():
        near = nearest(code, sorted(list_currencies()))
        hint = f"did you mean {near[0]!r}?" if near else "ISO 4217 has three capital letters, such as 'EUR'."
        raise ImportProblem(f"{name}: currency {code!r} is unknown; {hint}")


def zone_of(zone: str, name: str) -> datetime.tzinfo:
    """The time zone of a name such as 'Europe/Berlin', 'UTC+8' or '+05:30'."""
    offset = re.fullmatch(r"(?:UTC|GMT)?\s*([+-])(\d{1,2})(?::?(\d{2}))?", zone.strip())
    if offset:
        sign = -1 if offset[1] == "-" else 1
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        if minutes <= 14 * 60:
            return datetime.timezone(sign * datetime.timedelta(minutes=minutes))
    try:
        return zoneinfo.ZoneInfo(zone.strip())
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        near = nearest(zone, zoneinfo.available_timezones())
        hint = f"did you mean {near[0]!r}?" if near else "use an IANA name such as 'Europe/Berlin', or '+08:00'."
        raise ImportProblem(f"{name}: time zone {zone!r} is unknown; {hint}") from None
