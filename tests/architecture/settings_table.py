"""The README's table of settings, rendered from the list of settings; `make readme` writes it there."""

import re
from pathlib import Path

from dashboard.settings import SETTINGS
from tests.architecture.house import ROOT

BLOCK = re.compile(r"(?<=<!-- settings: written by `make readme` -->\n).*?(?=<!-- end of settings -->)", re.DOTALL)
README = ROOT / "README.md"


def render() -> str:
    """The table as Markdown, one setting a line."""
    rows = [
        f"| `WARROOM_{setting.name.upper()}` | {setting.default} {setting.unit}".rstrip() + f" | {setting.help} |\n"
        for setting in SETTINGS
    ]
    return "| variable | default | what it does |\n|---|---|---|\n" + "".join(rows)


def write(readme: Path = README) -> None:
    """Put the table into its place in the README."""
    readme.write_text(BLOCK.sub(lambda _: render(), readme.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write()
