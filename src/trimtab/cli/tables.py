"""Results as tables on standard output: plain text, each column as wide as its longest figure, which is never cut."""

import sys
from collections.abc import Iterable, Mapping, Sequence

_FOLDED = 24
"""Letters that a folded column keeps on the narrowest terminal."""
_UNBOUNDED = 10_000


def print_table(
    titles: Sequence[str], rows: Iterable[Sequence[str]], *, left: Sequence[str] = (), fold: Sequence[str] = ()
) -> None:
    """A table: the first column, those of `left` and of `fold` are text, all others figures, to the right.

    On a terminal, columns of `fold` break their lines where it ends; in a pipe no line is broken and none is coloured.
    """
    from rich.console import Console
    from rich.table import Table

    cells = [list(row) for row in rows]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    needed = 0
    for place, title in enumerate(titles):
        text = place == 0 or title in left or title in fold
        table.add_column(title, justify="left" if text else "right", no_wrap=title not in fold, overflow="fold")
        longest = max(len(line) for cell in [title, *(row[place] for row in cells)] for line in (cell.split("\n")))
        needed += 2 + (min(longest, _FOLDED) if title in fold else longest)
    for row in cells:
        table.add_row(*row)
    terminal = sys.stdout.isatty()
    console = Console(force_terminal=terminal, highlight=False, markup=False, emoji=False)
    console.width = max(console.width, needed) if terminal else _UNBOUNDED
    with console.capture() as captured:
        console.print(table)
    print("\n".join(line.rstrip() for line in captured.get().splitlines()))


def print_unjudged(columns: Iterable[tuple[str, Mapping[str, int]]]) -> None:
    """Why items could not be judged, a line for the names that share it; nothing where none is missing."""
    told: dict[str, list[str]] = {}
    for name, reasons in columns:
        if reasons:
            told.setdefault(", ".join(f"{reason} {count}" for reason, count in reasons.items()), []).append(name)
    for why, names in told.items():
        print(f"not judged: {why} ({', '.join(names)})")


def figure(value: float | None, digits: int = 3) -> str:
    """A figure with so many digits, or a dash for what is not there."""
    return "-" if value is None else f"{value:.{digits}g}"


def interval(low: float | None, high: float | None) -> str:
    """An interval with three digits, empty where it is none."""
    return "" if low is None or high is None or low == high else f"[{low:.3g}, {high:.3g}]"
