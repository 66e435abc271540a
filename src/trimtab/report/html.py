"""The report as one HTML file that needs nothing else: no script, no network, no font beside it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from ..store import Manifest
from .answers import shown_pairs, shown_twins
from .data import ReportData
from .figures import outcome_figures, training_figures
from .format import duration, share
from .help import help_sentences
from .narrative import (
    baseline_told,
    kind_of_feedback,
    method_sentence,
    model_name,
    taught_rows,
    taught_sentences,
    trained_on,
    training_facts,
)
from .noted import noted
from .overoptimization import reward_section
from .pages import page_environment, page_style
from .picked import picked_note
from .tables import VERDICT_WORDS, gate_rows, gates_met, metric_rows, unjudged_sentence, verdict_sentence
from .worse import falls, falls_note, truth_note

if TYPE_CHECKING:
    from jinja2 import Template

_HASH_SHOWN = 12


@dataclass(frozen=True)
class _Stage:
    """A manifest as provenance shows it. Hashes are triples of a name, the short form and the whole."""

    name: str
    key: str
    started: str
    wall: str
    attempts: int
    git: str
    settings: str
    versions: str
    inputs: list[tuple[str, str, str]]
    outputs: list[tuple[str, str, str]]


def render_html(data: ReportData) -> str:
    """The whole report. The same data gives the same bytes."""
    pairs = shown_pairs(data)
    return _template().render(
        css=page_style(),
        info=data.info,
        model=model_name(data),
        verdict=data.verdict.verdict,
        verdict_word=VERDICT_WORDS[data.verdict.verdict],
        verdict_words=VERDICT_WORDS,
        sentence=verdict_sentence(data.verdict),
        met=gates_met(data.verdict),
        unjudged=unjudged_sentence(data.verdict),
        confidence=share(data.verdict.confidence),
        gates=gate_rows(data.verdict),
        metrics=metric_rows(data),
        trust=help_sentences(data),
        noted=noted(data),
        outcome=outcome_figures(data),
        curves=training_figures(data.training),
        rewards=reward_section(data.overoptimization),
        twins=shown_twins(data),
        pairs=pairs,
        picked=picked_note(data, [pair.why for pair in pairs]),
        baseline=baseline_told(data),
        prompted=data.baseline is not None,
        falls=falls(data),
        falls_note=falls_note(data),
        truth=truth_note(data),
        prompt_count=len(data.prompts),
        feedback=data.feedback,
        findings=data.findings,
        feedback_kind=kind_of_feedback(data.feedback).capitalize(),
        trained_by=method_sentence(data),
        trained_on=" ".join(reversed(trained_on(data.training))),
        taught=taught_sentences(data.feedback),
        taught_rows=taught_rows(data.feedback),
        training=data.training,
        facts=training_facts(data),
        stages=[_stage(name, manifest) for name, manifest in data.manifests.items()],
        spec=_json(data.info.spec),
        fingerprint=data.after.fingerprint,
    )


@cache
def _template() -> "Template":
    """The page, compiled once."""
    from markupsafe import Markup

    environment = page_environment()
    environment.filters["drawn"] = Markup  # an SVG that plots.py made, never text from a record
    return environment.get_template("report.html.j2")


def _stage(name: str, manifest: Manifest) -> _Stage:
    return _Stage(
        name=name,
        key=manifest.key,
        started=manifest.started,
        wall=duration(manifest.wall_seconds),
        attempts=manifest.attempts,
        git=manifest.git_revision or "not in a repository",
        settings=_json(manifest.settings),
        versions=", ".join(f"{library} {version}" for library, version in manifest.versions.items()),
        inputs=_hashes(manifest.inputs),
        outputs=_hashes(manifest.outputs),
    )


def _hashes(hashes: Mapping[str, str]) -> list[tuple[str, str, str]]:
    return [(name, value[:_HASH_SHOWN], value) for name, value in hashes.items()]


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)
