"""The last stages of a run of regions: the matrix of all answers, and one verdict with a row a region."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...gate import VERSION as GATE_VERSION
from ...gate import decide, planned
from ...judges import open_scorers
from ...policy import policy_version
from ...records import Decision, Evaluation, GateResult, Matrix, MatrixVerdict, RegionVerdict, Verdict, thought_version
from ...regions import OWN, Asked, RegionRules, decide_matrix, gates_over, matrix_of, rules_of_pack, rules_of_policy
from ...scorers import names, versions
from ...spec import LoadedRegions, LoadedSpec, is_pack, load_pack
from ...store import FileName, Run, Stage, StageName, digest
from ..kept_scorers import kept
from ..parts import once
from ..progress import Progress
from ..publish import finished
from ..said import people_of, with_people
from .answers import Said
from .inputs import RegionInputs

VERSION = "1"
"""Changes whenever the same answers would give another matrix: a finished run then computes it afresh."""
STOOD_ALONE = (
    "By itself this gate breaks its limit; among those of all regions it does not break it clearly enough to say so."
)


def rules_of(name: str, loaded: LoadedSpec, progress: Progress) -> RegionRules:
    """A region's rules, with the scorers that check them and the points of its prompts."""
    assert loaded.policy is not None  # a region has one
    assert loaded.spec.policy is not None
    file = loaded.rules_file(loaded.spec.policy)
    opened = open_scorers(
        (),
        path=loaded.path,
        policy=loaded.policy,
        policy_folder=file.parent,
        precision=loaded.spec.model.precision,
        points=loaded.points,
        say=progress.say,
    )
    if is_pack(file):
        return rules_of_pack(name, load_pack(file), opened=opened, points=loaded.points)
    return rules_of_policy(name, loaded.policy, opened=opened, points=loaded.points)


def matrix(
    run: Run, loaded: LoadedRegions, inputs: RegionInputs, said: Mapping[str, Said], before: str, progress: Progress
) -> Stage:
    """What each model's answers come to under the rules of each region."""
    rules = [rules_of(name, each, progress) for name, each in loaded.regions.items()]
    prompts = [Asked(prompt, name) for name, some in inputs.heldout.items() for prompt in some]
    told = {
        "version": VERSION,
        "confidence": loaded.spec.confidence,
        "seed": loaded.spec.seed,
        "before": before,
        "rules": {each.name: policy_version(each.policy, each.opened) for each in rules},
        "acts": {each.name: [dict(each.acts), sorted(each.permits), list(each.left_out)] for each in rules},
        "points": {each.name: each.points.version if each.points is not None else None for each in rules},
        "prompts": digest([[each.region, each.prompt.model_dump(mode="json")] for each in prompts]),
        "scorers": versions(names()),
        "thought": thought_version(),
    }
    keys = {f"{name}.{key}": value for name, each in said.items() for key, value in each.keys.items()}
    stage = run.stage(StageName.MATRIX, settings=told, inputs=keys)

    def work() -> None:
        asked = [replace(each, opened=kept(each.opened, stage, progress)) for each in rules]
        made = matrix_of(
            prompts,
            {name: each.by_prompt() for name, each in said.items()},
            asked,
            before=before,
            facts={name: each.right() for name, each in said.items()},
            confidence=loaded.spec.confidence,
            seed=loaded.spec.seed,
        )
        stage.write(FileName.MATRIX, made.to_json())

    return once(stage, work, progress)


def power_over_regions(loaded: LoadedRegions, inputs: RegionInputs) -> list[str]:
    """A line for each gate over regions: the prompts that 80 % power needs, and those that it is taken over: a region's
    own for `own`, and those of none as well for `leakage`. What no rule of it is about counts in none of them."""
    gates = gates_over(list(loaded.regions), own=loaded.spec.matrix.own, leakage=loaded.spec.matrix.leakage)

    def asked(metric: str) -> int:
        _, region, figure = metric.split(".")
        return len(inputs.heldout[region]) + (0 if figure == OWN else len(inputs.common))

    return planned(gates, asked, loaded.spec.confidence)


def verdict(run: Run, loaded: LoadedRegions, regions: Mapping[str, Run], matrix: Stage, progress: Progress) -> Stage:
    """One verdict over the gates of each region and those over regions, with a row a region."""
    gates = gates_over(list(regions), own=loaded.spec.matrix.own, leakage=loaded.spec.matrix.leakage)
    stage = run.stage(
        StageName.OVER_REGIONS,
        settings={
            "gates": [gate.model_dump() for gate in gates],
            "confidence": loaded.spec.confidence,
            "version": GATE_VERSION,
            "seed": loaded.spec.seed,
        },
        inputs={
            "matrix": matrix.output(FileName.MATRIX),
            **{name: finished(each, StageName.GATE).output(FileName.VERDICT) for name, each in regions.items()},
        },
    )

    def work() -> None:
        found = matrix.read(FileName.MATRIX, Matrix)
        confidence, seed = loaded.spec.confidence, loaded.spec.seed
        stricter = 1 - (1 - confidence) / (len(regions) + bool(gates))
        over = decide_matrix(found, gates, confidence=confidence, seed=seed)
        strict = decide_matrix(found, gates, confidence=stricter, seed=seed)
        rows = []
        for row, other in zip(over.regions, strict.regions, strict=True):
            each, gated = regions[row.region], loaded.regions[row.region]
            own = finished(each, StageName.GATE).read(FileName.VERDICT, Verdict)
            results = [*held_back(own.gates, _again(each, gated, own, stricter)), *held_back(row.gates, other.gates)]
            rows.append(RegionVerdict(region=row.region, verdict=worst(results), gates=tuple(results)))
        every = [gate for row in rows for gate in row.gates]
        whole = MatrixVerdict(verdict=worst(every), confidence=confidence, regions=tuple(rows))
        stage.write(FileName.VERDICT, whole.to_json())

    return once(stage, work, progress)


def worst(gates: Sequence[GateResult]) -> Decision:
    """Regress if any gate is, else undecided if any is, else pass."""
    found = {gate.verdict for gate in gates}
    return "regress" if "regress" in found else "undecided" if "undecided" in found else "pass"


def held_back(gates: Sequence[GateResult], strict: Sequence[GateResult]) -> list[GateResult]:
    """The gates, each that regresses undecided unless it does so at the `strict` confidence too.

    Regions are families of gates of their own, each decided by Holm's method, and any that regresses fails the whole:
    with m families each at alpha / m the chance that one regresses wrongly is at most alpha (Bonferroni).
    """
    return [
        gate.model_copy(update={"verdict": "undecided", "summary": STOOD_ALONE})
        if gate.verdict == "regress" and other.verdict != "regress"
        else gate
        for gate, other in zip(gates, strict, strict=True)
    ]


def _again(run: Run, loaded: LoadedSpec, own: Verdict, confidence: float) -> Sequence[GateResult]:
    """A region's gates decided at another confidence, where any regressed."""
    if own.verdict != "regress":
        return own.gates
    people = people_of(run)
    old, new = (
        finished(run, name).read(FileName.EVALUATION, Evaluation) for name in (StageName.BEFORE, StageName.AFTER)
    )
    baseline = run.current(StageName.BASELINE)
    prompted = baseline.read(FileName.EVALUATION, Evaluation) if baseline is not None else None
    sides = with_people(old, "before", people), with_people(new, "after", people)
    return decide(*sides, loaded.spec.gates, confidence=confidence, seed=loaded.spec.seed, baseline=prompted).gates
