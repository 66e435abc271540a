"""A run's figures as a table in plain text: before, baseline, after, and what got worse."""

from typing import TYPE_CHECKING

from .tables import print_table

if TYPE_CHECKING:
    from ..report import ReportData


def print_measures(data: "ReportData") -> None:
    """Every metric with its means and the paired differences, 95 % intervals beside them; then what got worse."""
    from ..report import falls, falls_note, metric_rows, truth_note

    there = data.baseline is not None
    titles = ("metric", "before", "baseline", "after", "after - before", "", "after - baseline", " ", "n", "not judged")
    keep = [place for place, title in enumerate(titles) if there or ("baseline" not in title and title != " ")]
    rows = [
        (
            row.title,
            row.before,
            row.baseline,
            row.after,
            f"{row.difference} [{row.difference_interval}]",
            row.change_words,
            f"{row.from_baseline} [{row.from_baseline_interval}]",
            row.from_baseline_words,
            row.n,
            row.unjudged,
        )
        for row in metric_rows(data)
    ]
    print()
    print_table([titles[i] for i in keep], [[row[i] for i in keep] for row in rows], left=("", " "))
    print(f"\nWhat got worse: {falls_note(data)}")
    for fall in falls(data):
        print(f"  - {fall.sentence}")
    print(truth_note(data))


def worse_json(data: "ReportData") -> list[dict[str, object]]:
    """What got worse, worst first, in the form of `--json`."""
    from dataclasses import asdict

    from ..report import falls

    return [asdict(fall) for fall in falls(data)]
