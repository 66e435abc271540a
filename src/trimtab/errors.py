"""The one exception that users meet and the one warning, and how they name what was passed.

Any other exception that reaches the top is a bug and shows its traceback.
"""

from collections.abc import Iterator
from contextlib import contextmanager

_at_the_command_line = False


class UserError(Exception):
    """The user gave something that cannot work.

    The command line prints it as one plain message and exits with code 2. Each part is one or two sentences:
    `given` says what was passed and where, `why` says why it cannot work, `fix` says what to do about it.
    """

    def __init__(self, given: str, why: str, fix: str) -> None:
        super().__init__(f"{given}\n  why: {why}\n  fix: {fix}")
        self.given = given
        self.why = why
        self.fix = fix


class UserNote(UserWarning):
    """What the user gave works, and had better be written otherwise. The command line prints it as one line."""


@contextmanager
def extra(name: str, given: str) -> Iterator[None]:
    """Within it a missing package is a UserError, which says what of trimtab's extras brings it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("trimtab"):
            raise
        package = (error.name or "that it needs").partition(".")[0]
        raise UserError(
            given, f"The package {package} is not installed.", f"Install it: pip install 'trimtab[{name}]'."
        ) from None


@contextmanager
def command_line() -> Iterator[None]:
    """Inside, messages speak of options and commands; outside, of Python's arguments and functions."""
    global _at_the_command_line
    before, _at_the_command_line = _at_the_command_line, True
    try:
        yield
    finally:
        _at_the_command_line = before


def worded(command_line: str, python: str) -> str:
    """The words for whoever calls."""
    return command_line if _at_the_command_line else python


def option(name: str, value: object = None) -> str:
    """A setting as its caller writes it, with its value if one is given: `--judge-url URL`, or `judge_url='URL'`."""
    flag = f"--{name.replace('_', '-')}"
    if value is None:
        return worded(flag, f"`{name}`")
    plain = value if isinstance(value, bool | int | float) else str(value)
    return worded(f"{flag} {value}", f"{name}={plain!r}")


def command(verb: str) -> str:
    """A verb as its caller writes it: `trimtab eval`, or `trimtab.evaluate`."""
    return worded(f"`trimtab {verb}`", f"`trimtab.{'evaluate' if verb == 'eval' else verb}`")
