"""A rubric that is gamed, seen and mended: does trimtab say what a careful reader of the answers says?

    python benchmarks/gamed_rubric.py [--precision bf16] [--intervention ID] [--set KEY=VALUE ...] [--work FOLDER]

`gamed_rubric.yaml` holds settings under which smollm2-135m learns to answer in few, friendly words that say the
question again. The run must regress on help (its points, or helping at all) and on echoes; the audit of its comparisons
must name `rubric-gaming` first, and the diagnosis `gamed-rubric`; and the run of the spec with that cause's first
intervention (or another) must echo less and help no less than its start. Killed, the same command goes on where it was.
"""

from pathlib import Path

from common import parser, show

from trimtab.cli.output import TerminalProgress
from trimtab.loop import apply_intervention, diagnose_run, run_loop, write_diagnosis
from trimtab.records import Evaluation, Finding, Verdict
from trimtab.spec import load_spec
from trimtab.store import Run

SPEC = Path(__file__).with_suffix(".yaml")
METRICS = (
    "help.helps", "help.points", "help.echo", "help.empty", "style.words", "style.friendliness", "style.ended",
    "style.on_topic", "facts.accuracy",
)  # fmt: skip


def means(folder: Path, which: str) -> dict[str, float]:
    """What a run's evaluation says of METRICS."""
    stage = Run.read(folder).current(f"evaluate.{which}")
    assert stage is not None
    evaluation = stage.read("evaluation.json", Evaluation)
    found = {name: evaluation.measure(name) for name in METRICS}
    return {name: one.mean for name, one in found.items() if one is not None and one.mean is not None}


def regressed(verdict: Verdict) -> list[str]:
    """The metrics of gates that regressed."""
    return [gate.metric for gate in verdict.gates if gate.verdict == "regress"]


def main() -> None:
    options = parser("gamed_rubric", __doc__)
    options.add_argument("--intervention", default=None)
    options.add_argument("--set", action="append", default=[], help="as of `trimtab run`")
    options.add_argument("--work", type=Path, default=Path("runs/gamed-rubric-benchmark"))
    given = options.parse_args()
    progress = TerminalProgress()
    gamed, mended = given.work / "gamed", given.work / f"mended-{given.intervention or 'first'}"
    loaded = load_spec(SPEC, [f"model.precision={given.precision}", *given.set])
    verdict = run_loop(loaded, gamed, progress)
    audited = Run.read(gamed).current("audit")
    assert audited is not None
    findings = audited.read_lines("findings.jsonl", Finding)
    done = diagnose_run(gamed, progress)
    write_diagnosis(done, given.intervention)
    for cause in done.diagnosis.causes:
        print(f"  {cause.score:.2f}  {cause.id}: {', '.join(each.id for each in cause.interventions)}", flush=True)
    validation = apply_intervention(done, given.intervention, mended, progress)
    sides = {"start": means(gamed, "before"), "gamed": means(gamed, "after"), "mended": means(mended, "after")}
    table = [[name, *(f"{side[name]:.3f}" for side in sides.values())] for name in METRICS if name in sides["start"]]
    start, ended = sides["start"], sides["mended"]
    checks = {
        f"the verdict is regress on help and echoes ({verdict.verdict}: {', '.join(regressed(verdict))})": (
            "help.echo" in regressed(verdict) and not {"help.helps", "help.points"}.isdisjoint(regressed(verdict))
        ),
        f"the audit names rubric-gaming first ({findings[0].id})": findings[0].id == "rubric-gaming",
        f"the diagnosis names gamed-rubric first ({done.diagnosis.causes[0].id})": done.diagnosis.causes[0].id
        == "gamed-rubric",
        f"mended, it helps no less than its start by 0.08 ({ended['help.helps'] - start['help.helps']:+.3f})": (
            ended["help.helps"] >= start["help.helps"] - 0.08
        ),
        f"mended, at most a tenth of its answers only echo ({ended['help.echo']:.3f})": ended["help.echo"] <= 0.1,
    }
    result = {
        "sides": sides, "checks": checks, "verdict": verdict.model_dump(mode="json"),
        "findings": [one.model_dump(mode="json") for one in findings],
        "diagnosis": done.diagnosis.model_dump(mode="json"), "validation": validation.model_dump(mode="json"),
    }  # fmt: skip
    show("A rubric gamed, seen and mended", given, ["metric", *sides], table, result)
    print(f"\n{findings[0].summary}\nmended by {validation.intervention}: {validation.verdict.verdict}")
    for gate in validation.verdict.gates:
        print(f"  {gate.verdict}: {gate.rule}")
    for says, held in checks.items():
        print(f"{'yes' if held else 'NO '}  {says}")
    raise SystemExit(0 if all(checks.values()) else 1)


if __name__ == "__main__":
    main()
