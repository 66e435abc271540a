"""From a finished run's folder to what people read: the report, its Markdown, the adapter with its model card."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from ..errors import UserError, command, option
from ..records import (
    Difference,
    FeedbackSummary,
    Finding,
    ItemReason,
    Prompt,
    Record,
    TrainingSummary,
    Trust,
    Verdict,
    also_thought,
)
from ..report import ReportData, model_card, render_html, render_markdown
from ..store import ADAPTER, FileName, Run, Stage, StageName, round_name
from .evaluation.rated import with_judged
from .older import older_feedback
from .parts import marks_in, said_in
from .said import people_of, with_people

R = TypeVar("R", bound=Record)
_EVALUATIONS = {"before": StageName.BEFORE, "baseline": StageName.BASELINE, "after": StageName.AFTER}


def read_verdict(run: Run) -> Verdict:
    """The run's verdict. Raises UserError where the run has not come so far."""
    return finished(run, StageName.GATE).read(FileName.VERDICT, Verdict)


def read_report(run: Run) -> ReportData:
    """All that a report is made from. Raises UserError naming the stage that is not finished."""
    with also_thought(marks_in(run.info.spec)):
        return _read(run)


def _read(run: Run) -> ReportData:
    before, after = finished(run, StageName.BEFORE), finished(run, StageName.AFTER)
    gate, training = finished(run, StageName.GATE), adapter_stage(run)
    feedback = feedback_of(run)
    sft = run.current(StageName.SFT)
    audited = run.current(_last(run, StageName.AUDIT))
    stages = {name: run.current(name) for name in run.info.stages}
    made = ReportData(
        info=run.info,
        verdict=gate.read(FileName.VERDICT, Verdict),
        before=with_people(with_judged(run, before), "before", people_of(run)),
        after=with_people(with_judged(run, after), "after", people_of(run)),
        differences=tuple(gate.read_lines(FileName.DIFFERENCES, Difference)),
        feedback=feedback.read(FileName.SUMMARY, FeedbackSummary),
        training=training.read(FileName.SUMMARY, TrainingSummary),
        prompts=_texts(before, FileName.PROMPTS, Prompt),
        answers_before=tuple(said_in(before)),
        answers_after=tuple(said_in(after)),
        sft=sft.read(FileName.SUMMARY, TrainingSummary) if sft is not None else None,
        manifests={name: stage.manifest for name, stage in stages.items() if stage and stage.manifest},
        findings=tuple(audited.read_lines(FileName.FINDINGS, Finding)) if audited is not None else (),
        overoptimization=training.read(FileName.SUMMARY, TrainingSummary).overoptimization,
        reasons={name: _reasons(run.current(stage)) for name, stage in _EVALUATIONS.items()},
        trust=_beside(run, FileName.TRUST, Trust),
        **_baseline(run, gate),
    )
    sides = {"before": made.before, "baseline": made.baseline, "after": made.after}
    told = (f"{side}: {one.says}" for side, each in sides.items() if each is not None for one in each.judged)
    return replace(made, corrected=tuple(told))


def _beside(run: Run, name: str, record: type[R]) -> tuple[R, ...]:
    """The records of a file in the run's own folder; none where there is no such file."""
    place = run.folder / name
    lines = place.read_text(encoding="utf-8").splitlines() if place.is_file() else []
    return tuple(record.from_json(line) for line in lines)


def _reasons(stage: Stage | None) -> dict[tuple[str, str], str]:
    """Why items have the values they have, by metric and item; an older run has not kept that."""
    if stage is None or not (stage.folder / FileName.REASONS).is_file():
        return {}
    return {(each.metric, each.item): each.reason for each in stage.read_lines(FileName.REASONS, ItemReason)}


def _baseline(run: Run, gate: Stage) -> dict[str, Any]:
    """What the report says of the spec's baseline, where it has one."""
    if not run.info.spec.get("baseline"):
        return {}
    stage = finished(run, StageName.BASELINE)
    return {
        "baseline": with_people(with_judged(run, stage), "baseline", people_of(run)),
        "differences_baseline": tuple(gate.read_lines(FileName.DIFFERENCES_BASELINE, Difference)),
        "answers_baseline": tuple(said_in(stage)),
    }


def feedback_of(run: Run) -> Stage:
    """The stage of what the run's last training was trained on. Raises UserError where there is none."""
    older = older_feedback(run, _last(run, StageName.JUDGE))
    return older or finished(run, _last(run, StageName.FEEDBACK))


def adapter_stage(run: Run) -> Stage:
    """The stage whose adapter is the run's. Raises UserError where it is not finished."""
    return finished(run, _last(run, StageName.TRAIN))


def publish(run: Run) -> Path:
    """Writes report.html, report.md and adapter/ (with its model card) into the run's folder; returns the report."""
    data = read_report(run)
    run.write(FileName.REPORT_MARKDOWN, render_markdown(data))
    _place_adapter(adapter_stage(run).folder / ADAPTER, run.folder / ADAPTER, model_card(data))
    return run.write(FileName.REPORT, render_html(data))


def _texts(stage: Stage, name: str, record: type[R]) -> tuple[R, ...]:
    """The held-out prompts or answers; none where the spec's benchmarks leave them out."""
    return tuple(stage.read_lines(name, record)) if (stage.folder / name).is_file() else ()


def _last(run: Run, stage: str) -> str:
    """The name of a stage in the run's last round."""
    return round_name(stage, int(run.info.spec.get("rounds", 1)))


def _place_adapter(source: Path, target: Path, card: str) -> None:
    staging = Path(tempfile.mkdtemp(dir=target.parent, prefix=".adapter."))
    try:
        for path in source.iterdir():
            shutil.copy2(path, staging / path.name)
        (staging / "README.md").write_text(card, encoding="utf-8")
        staging.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        staging.rename(target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def finished(run: Run, name: str) -> Stage:
    """A run's stage. Raises UserError where it is not finished."""
    stage = run.current(name)
    if stage is None:
        raise _unfinished(run, name)
    return stage


def _unfinished(run: Run, name: str) -> UserError:
    return UserError(
        f"The run is {run.folder}.",
        f"Its stage `{name}` is not finished.",
        f"Give {command('run')} again with {option('out', run.folder)}: it goes on where it stopped.",
    )
