"""`trimtab diagnose`: why a run went wrong and what would mend it; or what is wrong with a reward model."""

from pathlib import Path

import typer

from ..errors import UserError
from .output import EXIT, WAITING, TerminalProgress, complain, emit, tell_waiting
from .probing import probe_reward

HELP = """Say why a run went wrong: symptoms, causes with their evidence, interventions; --apply tries one.

RUN is a folder of `trimtab run`, trained on comparisons. RUN/diagnosis holds the note, and a spec with the likeliest
intervention. With --reward MODEL a reward model is probed instead: a folder that a reward training wrote, or any
sequence-classification model of one label. Exit code: 0 told; with --apply as `trimtab run`, and 1 also where the new
model is less safe than the old; with --reward 1 where a finding blocks."""


def diagnose(
    run: Path | None = typer.Argument(None, metavar="RUN", help="A finished run's folder."),
    probe: bool = typer.Option(False, "--probe", help="Load the run's models and ask them too."),
    apply: bool = typer.Option(False, "--apply", help="Run the spec again with the intervention, and compare."),
    intervention: str | None = typer.Option(None, metavar="ID", help="Which. Default: the likeliest cause's first."),
    out: Path | None = typer.Option(None, help="The new run's folder, with --apply. Default: RUN-mended."),
    reward: str | None = typer.Option(None, "--reward", metavar="MODEL", help="Probe this reward model instead."),
    data: Path | None = typer.Option(
        None, "--data", metavar="COMPARISONS", help="With --reward: comparisons that it was not trained on."
    ),
    precision: str = typer.Option(
        "fp32", help="With --reward: fp32, bf16 or auto; bf16 rounds rewards, which reward-batch tells."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
) -> None:
    """Diagnoses a run or a reward model."""
    if (run is None) == (reward is None):
        given = "No run and no --reward is given." if run is None else "A run and --reward are given."
        raise UserError(given, "One thing is diagnosed at a time.", "Give --reward MODEL, or a run's folder.")
    if reward is not None:
        if probe or apply or intervention or out:
            raise UserError(
                "--reward is given with --probe, --apply, --intervention or --out.",
                "Those are for a run.",
                "Leave them out.",
            )
        probe_reward(reward, data, precision, as_json=as_json)
        return
    if data is not None:
        raise UserError("--data is given with a run.", "It is for --reward.", "A run's own comparisons are read.")
    assert run is not None
    _diagnose_run(run, probe, apply, intervention, out, as_json)


def _diagnose_run(
    run: Path, probe: bool, apply: bool, intervention: str | None, out: Path | None, as_json: bool
) -> None:
    from ..api import diagnose
    from ..loop import WaitingForPeople

    if out is not None and not apply:
        raise UserError("--out is given without --apply.", "Nothing is run then.", "Add --apply.")
    progress = TerminalProgress()
    done = diagnose(run, probe=probe, intervention=intervention, progress=progress)
    if not as_json:
        print(done.note, end="")
    if done.spec is not None:
        complain(f"{done.spec}: the spec with this intervention; --apply runs it")
    elif done.why_not:
        complain(done.why_not)
    if apply:
        try:
            done = done.apply(intervention, out, progress)
        except WaitingForPeople as waiting:
            tell_waiting(waiting, as_json)
            raise typer.Exit(WAITING) from None
    if as_json:
        told = done.diagnosis.model_dump()
        emit({**told, "validation": done.validation.model_dump()} if done.validation else told)
    elif done.validation:
        print(f"\n{done.outcome}", end="")
    if done.validation:
        raise typer.Exit(EXIT[done.validation.decision])
