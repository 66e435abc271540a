"""Tables on standard output: whole figures everywhere, lines of text whole in a pipe, and no colour there."""

import io
import sys

import pytest

from trimtab.cli.tables import figure, interval, print_table

LONG = "an explanation of many words that no narrow terminal has room for in one line"
ROWS = [("style.words", "123456789.25", "[1234567.125, 7654321.5]", LONG), ("x", "1", "", "short")]


class Terminal(io.StringIO):
    """Standard output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def shown() -> None:
    print_table(("metric", "mean", "95% interval", "why"), ROWS, left=("95% interval",), fold=("why",))


def test_in_a_pipe_a_row_is_a_line_without_colour(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    shown()
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "metric               mean  95% interval              why",
        f"style.words  123456789.25  [1234567.125, 7654321.5]  {LONG}",
        "x                       1                            short",
    ]


def test_on_a_narrow_terminal_text_is_folded_and_no_figure_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    out = Terminal()
    monkeypatch.setattr(sys, "stdout", out)
    shown()
    text = out.getvalue()
    assert "123456789.25  [1234567.125, 7654321.5]" in text
    assert LONG not in text
    assert all(word in text for word in LONG.split())


def test_figures() -> None:
    assert (figure(None), figure(0.12345), figure(0.12345, 2), figure(1234.5)) == ("-", "0.123", "0.12", "1.23e+03")
    assert (interval(0.1, 0.25), interval(0.1, 0.1), interval(None, 0.1)) == ("[0.1, 0.25]", "", "")
