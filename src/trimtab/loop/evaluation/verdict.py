"""Verdicts: a run's own, and that of gates held against any evaluation."""

from pathlib import Path

from ...errors import UserError, command, option
from ...evaluate import unlike
from ...gate import decide
from ...records import Verdict
from ...spec import GatesSpec
from ...store import Run
from ..publish import read_verdict
from .read import read_evaluation
from .run import STAGE

ALONE = ("at_least", "at_most")
"""Limits that bound a model's own figures; the others compare."""


def verdict_of_run(place: str) -> tuple[str, Verdict]:
    """The name of the run in the folder `place`, and its verdict by its own gates.

    Raises UserError where it is no run, has not come so far, or holds scores, which bring no gates.
    """
    run = Run.read(Path(place))
    if STAGE in run.info.stages:
        raise UserError(
            f"{place} is to be judged.",
            "Scores bring no gates of their own.",
            f"Give {option('gates', 'FILE')}, a YAML file with `gates:` as in a spec.",
        )
    return run.info.name, read_verdict(run)


def verdict_of_scores(place: str, wanted: GatesSpec, base: str | None) -> tuple[str, Verdict]:
    """The name of the model whose evaluation is in `place`, and its verdict by the gates `wanted`.

    `place`, and `base`, which gates may compare with, are as of `read_evaluation`: scores, or a run. Raises UserError
    where a gate's metric is not there, or a gate compares and there is no base or one that was not taken alike.
    """
    comparing = [each for each in wanted.gates if each.limit[0] not in ALONE]
    if comparing and base is None:
        raise UserError(
            f"A gate asks {comparing[0].metric} to be {comparing[0].limit[0]} {comparing[0].limit[1]:g}.",
            "That compares with other scores, and there are none.",
            f"Give them with {option('base', 'SCORES')}.",
        )
    after = read_evaluation(place).evaluation
    before = read_evaluation(base).evaluation if base is not None else after
    missing = [each.metric for each in wanted.gates if after.measure(each.metric) is None]
    if missing:
        raise UserError(
            f"A gate looks at {missing[0]}.",
            f"{place} does not hold that metric, but {', '.join(each.metric for each in after.measures)}.",
            f"Measure it too ({command('eval')}), or remove the gate.",
        )
    try:
        verdict = decide(before, after, wanted.gates, confidence=wanted.confidence, seed=0)
    except ValueError:
        raise UserError(
            f"{place} is to be judged against {base}.",
            f"Their figures were not taken alike: they differ in {unlike(before, after)}.",
            "Evaluate both on the same items in the same way.",
        ) from None
    return after.model, verdict
