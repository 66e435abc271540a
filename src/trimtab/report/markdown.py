"""The short summary in Markdown: verdict, gates, before and after. For a pull request or a chat."""

import re
from collections.abc import Iterable, Sequence

from ..records import Verdict
from .data import ReportData
from .format import DASH
from .help import help_sentences
from .narrative import baseline_told, method_sentence, model_name
from .noted import noted
from .overoptimization import reward_section
from .tables import VERDICT_WORDS, gate_rows, gates_met, metric_rows, unjudged_sentence, verdict_sentence
from .worse import falls, falls_note, truth_note


def render_markdown(data: ReportData) -> str:
    """The summary. The same data gives the same bytes."""
    return "\n".join(
        [
            *_head(data.info.name, data.verdict),
            f"Goal: {line(data.info.goal)}  ",
            f"Model: {line(model_name(data))}  ",
            f"Trained by: {method_sentence(data)}  ",
            f"Baseline: {line(baseline_told(data))}",
            "",
            *notes_list(data),
            *worse_list(data),
            "",
            "## Gates",
            "",
            *gates_table(data.verdict),
            "",
            "## Before and after",
            "",
            *metrics_table(data),
            "",
            *(part for sentence in help_sentences(data) for part in (line(sentence), "")),
            *_rewards(data),
        ]
    )


def render_gates(name: str, verdict: Verdict) -> str:
    """The verdict and the gates of the run of that name alone."""
    return "\n".join([*_head(name, verdict), *gates_table(verdict), ""])


def notes_list(data: ReportData) -> list[str]:
    """Who answered, and what was noted of the answers; nothing where nothing was."""
    told = [f"- {line(sentence)}" for sentence in noted(data)]
    return ["## Noted of the answers", "", *told, ""] if told else []


def worse_list(data: ReportData) -> list[str]:
    """What got worse, worst first, and what is known of falsehood."""
    found = falls(data)
    return [
        "## What got worse",
        "",
        line(falls_note(data)),
        "",
        *(f"- {line(fall.sentence)}" for fall in found),
        *([""] if found else []),
        line(truth_note(data)),
    ]


def _head(name: str, verdict: Verdict) -> list[str]:
    return [
        f"# {line(name)}: {VERDICT_WORDS[verdict.verdict].lower()}",
        "",
        f"**{gates_met(verdict)}.** {verdict_sentence(verdict)}",
        "",
        *([line(told), ""] if (told := unjudged_sentence(verdict)) else []),
    ]


def gates_table(verdict: Verdict) -> list[str]:
    """Each gate with its figure, interval, limit and what it says."""
    rows = (
        (
            f"**{VERDICT_WORDS[gate.verdict]}**",
            line(gate.title),
            line(gate.rule),
            gate.measure,
            gate.figure,
            gate.interval,
            gate.limit,
            f"{gate.n} ({gate.needed})" if gate.needed else gate.n,
            gate.unjudged,
            gate.power,
            line(gate.summary),
        )
        for gate in gate_rows(verdict)
    )
    head = (
        "verdict",
        "gate",
        "asks",
        "measure",
        "figure",
        "interval",
        "limit",
        "n",
        "not judged",
        "80 % power",
        "summary",
    )
    return table(head, "llllrrrrrrl", rows)


def metrics_table(data: ReportData) -> list[str]:
    """Every metric before and after with 95 % intervals, the difference, and whether it is clear; with a baseline, its
    figure and the difference from it."""
    there = data.baseline is not None
    rows = (
        (
            line(row.title),
            line(row.unit),
            row.measure,
            _with(row.before, row.before_interval),
            *([_with(row.baseline, row.baseline_interval)] if there else []),
            _with(row.after, row.after_interval),
            _with(row.difference, row.difference_interval),
            row.change_words,
            *([_with(row.from_baseline, row.from_baseline_interval), row.from_baseline_words] if there else []),
            row.n,
            f"{row.unjudged} ({line(row.unjudged_why)})" if row.unjudged_why else row.unjudged,
        )
        for row in metric_rows(data)
    )
    head: tuple[str, ...] = ("metric", "unit", "measure", "before", "after", "difference", "change", "n", "not judged")
    if there:
        head = (*head[:4], "baseline", *head[4:7], "after - baseline", "change", *head[-2:])
    return table(head, "lllrrrrlrlrr" if there else "lllrrrlrr", rows)


def _rewards(data: ReportData) -> list[str]:
    """What the checkpoints say of reward and gold; nothing where none was measured."""
    section = reward_section(data.overoptimization)
    if section is None:
        return []
    parts = map(line, section.components)
    head = ("step", "", "proxy", "gain", "gold", "gain", "KL", "words", "repetition", "ended", *parts)
    rows = (
        (
            row.step,
            row.mark,
            row.proxy,
            row.proxy_gain,
            row.gold,
            row.gold_gain,
            row.kl,
            row.words,
            row.repetition,
            row.ended,
            *row.components,
        )
        for row in section.rows
    )
    return [
        "## Reward against gold",
        "",
        f"**{section.heading}.** {line(section.summary)}",
        "",
        *table(head, "rl" + "r" * (len(head) - 2), rows),
        "",
        "Gains are over the start, with 95% intervals; KL is in nats an answer.",
        "",
    ]


def line(text: str) -> str:
    """Text as one line that Markdown shows as it is."""
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", " ".join(text.split()))


def _with(figure: str, interval: str) -> str:
    return figure if interval == DASH else f"{figure} ({interval})"


def table(head: Sequence[str], align: str, rows: Iterable[Sequence[str]]) -> list[str]:
    """A table: its heading, on which side each column stands (l or r), its rows."""
    rule = ["---:" if side == "r" else ":---" for side in align]
    return [f"| {' | '.join(cells)} |" for cells in (head, rule, *rows)]
