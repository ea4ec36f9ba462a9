"""The `warroom` command run in this process, as a shell would run it."""

import gc
import json
import sys
from dataclasses import dataclass
from typing import Any
from unittest import mock

from click.testing import CliRunner

from dashboard.cli import main


@dataclass(frozen=True)
class Outcome:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on the standard output."""
        return json.loads(self.out)


def warroom(*arguments: object, **environment: str) -> Outcome:
    """Run a command; whatever happens, nobody sees a stack trace."""
    words = [str(argument) for argument in arguments]
    with mock.patch.object(sys, "argv", ["warroom", *words]):
        result = CliRunner().invoke(main, words, prog_name="warroom", env=environment)
    gc.enable()  # an import switches it off, which is right for a process that ends with it
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert "Traceback" not in result.output
    return Outcome(result.exit_code, result.stdout, result.stderr)


def refused(*arguments: object, **environment: str) -> str:
    """The one sentence with which a command ends in exit code 2."""
    outcome = warroom(*arguments, **environment)
    assert outcome.code == 2, outcome
    assert outcome.out == "", outcome.out
    sentence = outcome.err.removesuffix("\n")
    assert sentence.endswith((".", "?")), sentence
    assert "\n" not in sentence, sentence
    assert 10 < len(sentence) < 1_000, sentence
    return sentence
