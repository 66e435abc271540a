"""The stages that measure and judge: the benchmarks of a model, and the gates."""

from dataclasses import replace

from ...evaluate import differences
from ...gate import VERSION as GATE_VERSION
from ...gate import decide
from ...records import Evaluation, to_jsonl
from ...store import ADAPTER, FileName, Stage, StageName, evaluation_name
from ..evaluation.engine import Evaluator, Subject
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
    rows, seed = session.spec.decode_batch_size, session.spec.seed
    work = Evaluator(session.run, subject, rows=rows, seed=seed, progress=session.progress, scope=which)
    asked = [
        replace(each, benchmark=each.benchmark.with_scorers(session.scorers)) for each in session.inputs.benchmarks
    ]
    last = work.measured(evaluation_name(which), asked)
    return [*work.stages.values(), last]


def gate(session: Session, before: Stage, after: Stage) -> Stage:
    """The paired differences and the verdict."""
    stage = session.stage(
        StageName.GATE,
        {
            "gates": [gate.model_dump() for gate in session.spec.gates],
            "confidence": session.spec.confidence,
            "version": GATE_VERSION,
        },
        {"before": before.output(FileName.EVALUATION), "after": after.output(FileName.EVALUATION)},
    )

    def work() -> None:
        old, new = (part.read(FileName.EVALUATION, Evaluation) for part in (before, after))
        shifts = differences(old, new, confidence=0.95, seed=session.spec.seed)
        verdict = decide(old, new, session.spec.gates, confidence=session.spec.confidence, seed=session.spec.seed)
        stage.write(FileName.DIFFERENCES, to_jsonl(shifts))
        stage.write(FileName.VERDICT, verdict.to_json())

    return session.do(stage, work)
