"""The whole loop: feedback, evaluation before, training, evaluation after, gate, report."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..records import TrainingSummary, Verdict, also_thought
from ..spec import AUTO, LoadedSpec
from ..store import ADAPTER, FileName, Run, Stage
from . import stages
from .asking import askings
from .auto_method import advised, with_method
from .budgets import demand_prices
from .inputs import Inputs, notes_on, read_inputs
from .memory import memory_check
from .progress import Progress
from .publish import publish
from .supervision import demand_something, read_gathered

if TYPE_CHECKING:
    from ..train import Processes


@dataclass(frozen=True)
class Among:
    """A run's place among others of one whole: the training that it goes on from, if there is one, and the folders of
    runs beside it, from which it takes what they have made of the same."""

    start: Stage | None = None
    beside: tuple[Path, ...] = ()


def run_loop(
    loaded: LoadedSpec, out: Path, progress: Progress, processes: "Processes | None" = None, *, fresh: bool = False,
    max_cost: float | None = None, among: Among = Among(),
) -> Verdict:  # fmt: skip
    """Runs a spec in the folder `out`, going on where an earlier try stopped, and returns the verdict.

    Training takes place in `processes`, by itself in this one. Raises UserError where the spec's files cannot work,
    before anything heavy is loaded, AuditBlocked where the audit finds comparisons that must not be trained on,
    WaitingForPeople while a review room has too few judgements, of feedback or for a gate (those kept are read again
    where `fresh`), and BudgetSpent where a judge of the feedback might cost more than `max_cost`, or than its spec
    allows.
    """
    with _opened(loaded, out, progress, processes, fresh, max_cost, among) as session:
        feedback = _feedback(session)
        before = stages.evaluate(session, "before", None)
        baseline = stages.evaluate_baseline(session)
        training = trained(session, feedback)
        after = stages.evaluate(session, "after", training)
        people = stages.people(session, before[-1], after[-1], baseline[-1] if baseline else None)
        gate = stages.gate(session, before[-1], after[-1], baseline[-1] if baseline else None, people)
        session.run.keep_stages(session.used | {stage.name for stage in (*before, *baseline, *after)})
        verdict = gate.read(FileName.VERDICT, Verdict)
        publish(session.run)
        return verdict


def run_training(
    loaded: LoadedSpec, out: Path, progress: Progress, processes: "Processes | None" = None, *, fresh: bool = False,
    max_cost: float | None = None,
) -> tuple[Path, TrainingSummary]:  # fmt: skip
    """Runs a spec's stages up to its last training; returns the adapter's folder and what that says of itself.

    `run_loop` on the same folder goes on from there. Raises UserError, AuditBlocked, WaitingForPeople and BudgetSpent
    as it does, and LaunchPending where a training is to be started on several machines.
    """
    with _opened(loaded, out, progress, processes, fresh, max_cost) as session:
        training = train_all(session)
        return training.folder / ADAPTER, training.read(FileName.SUMMARY, TrainingSummary)


@contextmanager
def _opened(
    loaded: LoadedSpec,
    out: Path,
    progress: Progress,
    processes: "Processes | None",
    fresh: bool,
    max_cost: float | None,
    among: Among = Among(),
) -> Iterator[stages.Session]:
    """A spec's stages in its run's folder."""
    demand_prices(loaded, max_cost)
    inputs = read_inputs(loaded)
    askings(loaded, loaded.spec.name)  # what people cannot be asked is said before anything is computed
    for note in notes_on(loaded, inputs):
        progress.say(f"note: {note}")
    spec = loaded.spec
    told = spec.model_dump(mode="json")
    with (
        Run.open(out, name=spec.name, goal=spec.goal, spec=told, spec_folder=loaded.folder, beside=among.beside) as run,
        at_work(run, loaded, inputs, progress, processes, fresh=fresh, max_cost=max_cost) as session,
    ):
        if among.start is not None:
            session.go_on_from(among.start)
        yield session


@contextmanager
def at_work(
    run: Run, loaded: LoadedSpec, inputs: Inputs, progress: Progress, processes: "Processes | None" = None, *,
    fresh: bool = False, max_cost: float | None = None,
) -> Iterator[stages.Session]:  # fmt: skip
    """A spec's stages in a run that is open, with the method that its feedback advises where the spec leaves it so."""
    spec = loaded.spec
    if spec.training.method == AUTO:
        loaded = with_method(loaded, run.resolve("method", lambda: advised(loaded, progress)), progress)
    for note in loaded.notes:
        progress.say(f"note: {note}")
    with also_thought(spec.model.thought):
        session = stages.Session(run, loaded, inputs, progress, processes, fresh, max_cost)
        memory = memory_check(loaded, session.precision)
        if not memory.passed:
            progress.say(f"note: {memory.summary}")
        yield session


def train_all(session: stages.Session) -> Stage:
    """A spec's feedback and its trainings; returns the last, and raises as `run_training`."""
    return trained(session, _feedback(session))


def _feedback(session: stages.Session) -> Stage:
    """A round's feedback, and its audit where there are comparisons in it.

    Raises UserError where nothing can be made of it that the method trains on.
    """
    feedback = stages.feedback(session)
    found = read_gathered(feedback)
    demand_something(found, session.spec.training, session.spec.seed)
    stages.audit(session, feedback, found)
    return feedback


def trained(session: stages.Session, feedback: Stage) -> Stage:
    """The last training of all rounds, of which `feedback` is the first one's."""
    spec = session.spec
    sft = stages.train_sft(session, feedback) if spec.training.first is not None else None
    training = _train(session, feedback, sft)
    for number in range(2, spec.rounds + 1):
        session.begin_round(number, training)
        training = _train(session, _feedback(session), None)
    return training


def _train(session: stages.Session, feedback: Stage, sft: Stage | None) -> Stage:
    """A round's training, the reward model first where the method has one."""
    reward = stages.train_reward(session, feedback, sft) if session.spec.training.trains_a_reward else None
    return stages.train(session, feedback, sft, reward)
