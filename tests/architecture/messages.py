"""What the screens and the exports say, gathered from the code into templates; `make messages` brings all in step.

Data flow: every module of a domain -> Babel's extraction, with `said.phrases` as its reader of Python, and the tables
of `spoken` -> `data/locales/<domain>.pot` -> the catalogue of each language, which keeps its translations, gains what
is new with nothing beside it and loses what nobody says.
Invariants: the order and the comments name files and no lines, so a catalogue changes when words do.
"""

import ast
import importlib
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from dashboard.catalogues import FOLDER, FOLDERS, parsed
from tests.architecture.house import PACKAGE
from tests.architecture.said import KEYWORDS, phrases
from tests.architecture.spoken import HANDED, REGISTRIES, TABLES

HEADER = """# The phrases of `{domain}`{language}; `make messages` keeps this file in step with the code.
msgid ""
msgstr ""
"Project-Id-Version: live-war-room\\n"
{forms}"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


class Found(NamedTuple):
    """A phrase of the code."""

    text: str | tuple[str, ...]
    context: str | None
    file: str


def said(domain: str) -> list[Found]:
    """Every phrase of a domain, each once a file."""
    read = extract_from_dir(
        PACKAGE / domain,
        [("**.py", phrases)],
        keywords=KEYWORDS,
        strip_comment_tags=False,  # type: ignore[list-item]
    )
    found = [Found(text, context, f"dashboard/{domain}/{name}") for name, _, text, _, context in read]
    found += [Found(text, None, file) for file, text in _tables(domain)]
    return sorted({one for one in found if wordy(one.text)}, key=lambda one: (one.file, str(one.text)))


def spoken_in(text: str) -> list[Any]:
    """What a piece of code says, in the order of its lines."""
    return [texts for _, _, texts, _ in sorted(phrases(BytesIO(text.encode())), key=lambda one: one[0])]


def wordy(text: str | tuple[str, ...]) -> bool:
    """Whether there is anything to say: a letter outside the gaps, or what stands between words."""
    return any(text) if isinstance(text, tuple) else bool(text.strip("–· ")) or text in (", ", "; ")


def _tables(domain: str) -> Iterator[tuple[str, str]]:
    for place, field in TABLES[domain]:
        module, _, name = place.partition(":")
        file = module.replace(".", "/") + ".py"
        yield from ((file, text) for text in texts(_table(module, name), field))
    for file, handed in HANDED[domain].items():
        yield from ((file, text) for text in handed)
    for file, texts_of in REGISTRIES[domain]:
        yield from ((file, text) for text in texts_of())


def _table(module: str, name: str) -> Any:
    """A table by its name; one of a page is read and not imported, for a page draws itself when it is."""
    tree = ast.parse((PACKAGE.parent / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8"))
    if not (isinstance(tree.body[-1], ast.Expr) and isinstance(tree.body[-1].value, ast.Call)):
        return getattr(importlib.import_module(module), name)
    written = {node.targets[0].id: node.value for node in tree.body if isinstance(node, ast.Assign)}  # type: ignore[attr-defined]
    return ast.literal_eval(written[name])


def texts(value: Any, fields: str = "") -> Iterator[str]:
    """The texts in a table: values of mappings, items of sequences; of rows only the fields named or numbered.

    `fields` is a list with commas; `keys` are the names of a mapping.
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from value if fields == "keys" else (text for one in value.values() for text in texts(one, fields))
    elif fields and _is_row(value):
        for field in fields.split(","):
            yield from texts(value[int(field)] if field.isdigit() else getattr(value, field))
    elif isinstance(value, Iterable):
        yield from (text for one in value for text in texts(one, fields))


def _is_row(value: Any) -> bool:
    return not isinstance(value, tuple) or hasattr(value, "_fields") or any(isinstance(one, str) for one in value)


def template(domain: str) -> Catalog:
    """The template of a domain."""
    catalog = Catalog(charset="utf-8", fuzzy=False)
    for one in said(domain):
        catalog.add(one.text, locations=[(one.file, None)], context=one.context)  # type: ignore[list-item]
    return catalog


def brought_up(domain: str, name: str, fresh: Catalog) -> Catalog:
    """The catalogue of a domain in a folder's language: what is said now, with the translations there are."""
    old = parsed(FOLDER / name / "LC_MESSAGES" / f"{domain}.po")
    catalog = Catalog(locale=name, charset="utf-8", fuzzy=False)
    for one in fresh:
        if one.id:
            before = old.get(one.id, one.context)
            same = before is not None and before.pluralizable == one.pluralizable
            string, flags = (before.string, before.flags) if before and same else (None, ())
            catalog.add(one.id, string, one.locations, flags, context=one.context)
    return catalog


def write(folder: Path = FOLDER) -> list[str]:
    """Write templates and catalogues; returns what is still without a translation."""
    missing = []
    for domain in TABLES:
        fresh = template(domain)
        _write(folder / f"{domain}.pot", HEADER.format(domain=domain, language="", forms=""), fresh)
        for language, name in FOLDERS.items():
            catalog = brought_up(domain, name, fresh)
            forms = f'"Language: {name}\\n"\n"Plural-Forms: {catalog.plural_forms}\\n"\n'
            head = HEADER.format(domain=domain, language=f" in {name}", forms=forms)
            _write(folder / name / "LC_MESSAGES" / f"{domain}.po", head, catalog)
            missing += [f"{language} {domain}: {one.id}" for one in catalog if one.id and not filled(one)]
    return missing


def filled(one: Message) -> bool:
    """Whether every form of a phrase is translated, and no translation is only a guess."""
    forms = one.string if isinstance(one.string, tuple | list) else (one.string,)
    return all(forms) and not one.fuzzy


def _write(path: Path, head: str, catalog: Catalog) -> None:
    with path.open("wb") as file:
        file.write(head.encode())
        write_po(file, catalog, width=120, sort_output=True, omit_header=True)


if __name__ == "__main__":
    for line in write():
        print(line)  # noqa: T201 - it is what the command is for
