"""The short summary in Markdown: verdict, gates, before and after. For a pull request or a chat."""

import re
from collections.abc import Iterable, Sequence

from .data import ReportData
from .rows import VERDICT_WORDS, gate_rows, gates_met, metric_rows, verdict_sentence
from .told import model_name
from .words import DASH


def render_markdown(data: ReportData) -> str:
    """The summary. The same data gives the same bytes."""
    return "\n".join(
        [
            f"# {line(data.info.name)}: {VERDICT_WORDS[data.verdict.verdict].lower()}",
            "",
            f"**{gates_met(data.verdict)}.** {verdict_sentence(data.verdict)}",
            "",
            f"Goal: {line(data.info.goal)}  ",
            f"Model: {line(model_name(data))}",
            "",
            "## Gates",
            "",
            *gates_table(data),
            "",
            "## Before and after",
            "",
            *metrics_table(data),
            "",
        ]
    )


def gates_table(data: ReportData) -> list[str]:
    """Each gate with its figure, interval, limit and what it says."""
    rows = (
        (
            f"**{VERDICT_WORDS[gate.verdict]}**",
            line(gate.title),
            line(gate.rule),
            gate.figure,
            gate.interval,
            gate.limit,
            f"{gate.n} ({gate.needed})" if gate.needed else gate.n,
            line(gate.says),
        )
        for gate in gate_rows(data.verdict)
    )
    return _table(("verdict", "gate", "asks", "figure", "interval", "limit", "n", "says"), "lllrrrrl", rows)


def metrics_table(data: ReportData) -> list[str]:
    """Every metric before and after with 95 % intervals, the difference, and whether it is clear."""
    rows = (
        (
            line(row.title),
            line(row.unit),
            _with(row.before, row.before_interval),
            _with(row.after, row.after_interval),
            _with(row.difference, row.difference_interval),
            row.change_words,
            row.n,
        )
        for row in metric_rows(data)
    )
    return _table(("metric", "unit", "before", "after", "difference", "change", "n"), "llrrrlr", rows)


def line(text: str) -> str:
    """Text as one line that Markdown shows as it is."""
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", " ".join(text.split()))


def _with(figure: str, interval: str) -> str:
    return figure if interval == DASH else f"{figure} ({interval})"


def _table(head: Sequence[str], align: str, rows: Iterable[Sequence[str]]) -> list[str]:
    rule = ["---:" if side == "r" else ":---" for side in align]
    return [f"| {' | '.join(cells)} |" for cells in (head, rule, *rows)]
