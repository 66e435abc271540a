"""The stages that measure and judge: the benchmarks of a model, and the gates."""

from collections.abc import Sequence
from dataclasses import replace

from ...evaluate import differences
from ...gate import VERSION as GATE_VERSION
from ...gate import decide
from ...records import to_jsonl
from ...spec import BASELINE, rewarded_metrics
from ...store import ADAPTER, FileName, Stage, StageName, evaluation_name
from ..evaluation.engine import Evaluator
from ..evaluation.items import BenchmarkItems
from ..evaluation.rated import rates_of, with_judged
from ..evaluation.rates import Rates
from ..evaluation.subject import Subject
from ..said import with_people
from .session import Session


def evaluate(session: Session, which: str, adapter: Stage | None) -> list[Stage]:
    """The spec's benchmarks of the model after the training stage `adapter`, None for the start model.

    Returns the stages, that of the measures last.
    """
    identity = {"model": session.start_identity}
    subject = Subject(str(session.start), identity, session.precision, load=lambda _: session.model())
    if adapter is not None:
        subject = Subject(
            f"{session.start} + adapter",
            identity | {"adapter": adapter.outputs_under(f"{ADAPTER}/")},
            session.precision,
            load=lambda _: session.trained(adapter),
            start=session.model,
        )
    return _measured(session, which, subject, session.inputs.benchmarks)


def evaluate_baseline(session: Session) -> list[Stage]:
    """The start model under the spec's baseline message, by the benchmarks whose prompts it answers; none without one.

    Returns the stages, that of the measures last.
    """
    baseline = session.spec.baseline
    if baseline is None:
        return []
    start = str(session.start)
    subject = Subject(
        f"{start} + system message",
        {"model": session.start_identity},
        session.precision,
        load=lambda _: session.model(),
        system=baseline.system,
    )
    asked = [each for each in session.inputs.benchmarks if each.benchmark.prompted]
    return _measured(session, BASELINE, subject, asked)


def _measured(session: Session, which: str, subject: Subject, benchmarks: Sequence[BenchmarkItems]) -> list[Stage]:
    rows, seed = session.spec.decode_batch_size, session.spec.seed
    work = Evaluator(session.run, subject, rows=rows, seed=seed, progress=session.progress, scope=which)
    asked = [replace(each, benchmark=each.benchmark.with_scorers(session.scorers)) for each in benchmarks]
    rates = Rates(session.judges.calibrations, session.scorers, session.policy)
    last = work.measured(evaluation_name(which), asked)
    return [*work.stages.values(), *work.rated(last, asked, rates), last]


def gate(session: Session, before: Stage, after: Stage, baseline: Stage | None, people: Stage | None = None) -> Stage:
    """The paired differences and the verdict; `people` keeps what was said of the answers."""
    measured: dict[str, Stage] = {"before": before, "after": after}
    if baseline is not None:
        measured[BASELINE] = baseline
    rewarded = rewarded_metrics(session.spec, session.policy)
    rates = [rates_of(session.run, each) for each in measured.values()]
    stage = session.stage(
        StageName.GATE,
        {
            "gates": [gate.model_dump() for gate in session.spec.gates],
            "confidence": session.spec.confidence,
            "version": GATE_VERSION,
            "rewarded": sorted(rewarded),
        },
        {name: part.output(FileName.EVALUATION) for name, part in measured.items()}
        | {each.name: each.output(FileName.JUDGED) for each in rates if each is not None}
        | ({} if people is None else {"people": people.output(FileName.PEOPLE)}),
    )

    def work() -> None:
        found = {name: with_judged(session.run, part) for name, part in measured.items()}
        old, new = with_people(found["before"], "before", people), with_people(found["after"], "after", people)
        prompted = with_people(found[BASELINE], BASELINE, people) if BASELINE in found else None
        seed = session.spec.seed
        verdict = decide(old, new, session.spec.gates, confidence=session.spec.confidence, seed=seed, baseline=prompted)
        told = rewarded_metrics(session.spec, session.policy, [each.metric for each in new.figures])
        verdict = verdict.model_copy(
            update={"rewarded": tuple(each.metric for each in new.figures if each.metric in told)}
        )
        stage.write(FileName.DIFFERENCES, to_jsonl(differences(old, new, confidence=0.95, seed=seed)))
        if prompted is not None:
            shifts = differences(prompted, new, confidence=0.95, seed=seed)
            stage.write(FileName.DIFFERENCES_BASELINE, to_jsonl(shifts))
        stage.write(FileName.VERDICT, verdict.to_json())

    return session.do(stage, work)
