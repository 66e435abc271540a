"""The stages that train: fine-tuning first, the reward model, and the method itself; all by the table of methods."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...evaluate import spread
from ...methods import REWARD_MODEL, Method
from ...records import Comparison, Ranking, Reject, RewardSummary, TrainingSummary, to_jsonl
from ...scorers import Opened
from ...spec import TrainingSpec
from ...store import ADAPTER, REWARD_FOLDER, FileName, Stage, StageName, round_name
from ..kept_scorers import scored_by
from ..launch import TrainingCallbacks, as_comparisons, launched_training, write_training
from ..rewards import Rewards
from ..supervision import (
    SOFT,
    TrainingRows,
    read_gathered,
    reward_rows,
    rows_before,
    supervision_inputs,
    training_rows,
)
from ..watching import set_aside, watch
from .session import Session

if TYPE_CHECKING:
    from ...models import LoadedModel


def train_sft(session: Session, feedback: Stage) -> Stage:
    """Supervised fine-tuning before another method: on demonstrations, or else on the chosen or liked answers."""
    return _train(session, StageName.SFT, feedback, session.spec.training.first_training, session.before, None)


def train(session: Session, feedback: Stage, sft: Stage | None, reward: Stage | None) -> Stage:
    """Training by the spec's method: the adapter, the curve, the preflight, and what could not be trained on.

    With `sft`, or in a later round, training starts from the model before it, and the adapter holds both. `reward`
    is the stage of the reward model that RL is to use. For several machines nothing is trained here: raises
    LaunchPending with what starts it, until its result is there; so do the other training stages.
    """
    return _train(
        session,
        round_name(StageName.TRAIN, session.round),
        feedback,
        session.spec.training,
        sft or session.before,
        reward,
    )


def train_reward(session: Session, feedback: Stage, sft: Stage | None) -> Stage:
    """The reward model of RLHF, on the rankings of sampled answers and the comparisons from files.

    In several processes rankings are trained on as all their pairs.
    """
    ranked = (feedback.folder / FileName.RANKINGS).is_file()
    before, settings = sft or session.before, session.spec.training
    stage = session.stage(
        round_name(StageName.REWARD, session.round),
        settings.reward.model_dump(mode="json")
        | {"precision": session.precision}
        | _soft(session, settings)
        | session.launched(),
        {
            **supervision_inputs(feedback),
            **({"rankings": feedback.output(FileName.RANKINGS)} if ranked else {}),
            **session.started_from(before),
        },
    )

    def rows() -> Sequence[Comparison | Ranking]:
        compared, ranked = reward_rows(feedback, read_gathered(feedback), settings, session.spec.seed)
        if ranked and session.processes.launched:
            return [*compared, *as_comparisons(ranked, session.progress.say)]
        return [*compared, *ranked]

    def work() -> None:
        summary = _carry_out(
            session, stage, REWARD_MODEL, settings, before, lambda start: (rows(), {}),
            seed=session.spec.seed, adapter=stage.folder / REWARD_FOLDER,
        )  # fmt: skip
        assert isinstance(summary, RewardSummary)
        if summary.heldout is not None:
            held = summary.heldout
            session.progress.say(
                f"the reward model is right on {held.accuracy:.0%} of pairs from {held.prompts} prompts that it was "
                f"not trained on ({held.accuracy_low:.0%} to {held.accuracy_high:.0%})"
            )
        stage.write(FileName.SUMMARY, summary.to_json())

    return session.do(stage, work)


def _train(
    session: Session, name: str, feedback: Stage, settings: TrainingSpec, before: Stage | None, reward: Stage | None
) -> Stage:
    method, seed, opened = settings.method_row, session.spec.seed + session.round - 1, session.scorers
    decided = settings.deciding | {"precision": session.precision}
    decided |= {} if method.on_policy else _soft(session, settings)
    inputs = {} if method.on_policy else supervision_inputs(feedback)
    if method.on_policy or settings.watched is not None:
        inputs |= {"train": session.inputs.hashes["train"]}
        rubric = session.spec.feedback.sample.rubric if session.spec.feedback.sample else ()
        refs = settings.rl.refs if settings.watched is None else settings.watched.refs
        asked = (*refs, *(each.scorer for each in rubric))
        opened = session.opened(asked, None if reward is None else reward.folder / REWARD_FOLDER)
        decided |= {"rubric": rubric, "rows": session.spec.decode_batch_size}
        decided |= {"scorers": scored_by(["style"], asked, opened)}
    if method.alone is None:
        decided |= session.launched()
    inputs |= session.started_from(before)
    if reward is not None:
        inputs["reward"] = reward.outputs_under(f"{REWARD_FOLDER}/")
    stage = session.stage(name, decided, inputs)

    def rows(start: "LoadedModel") -> tuple[Sequence[Any], dict[str, Any]]:
        from ...train import rows_in_order

        make = rows_before if name == StageName.SFT else training_rows
        given: TrainingRows[Any] = TrainingRows(session.inputs.train)
        if not method.on_policy:
            given = make(read_gathered(feedback), session.spec.training, session.spec.seed)
        made: Sequence[Any] = given.rows
        aside: Sequence[Any] = ()
        watched: dict[str, Any] = {}
        if settings.watched is not None:
            prompts, made, aside = set_aside(session.inputs.train, made, settings.watched.prompts)
            told, every = session.kept(stage, opened), settings.checkpoint_every
            watched["watch"] = watch(session, settings.watched, prompts, told, every)
            if aside:
                session.progress.say(f"note: {len(aside)} rows are about prompts that are watched, and not trained on")
        kept, rejected = rows_in_order(start, method, made, settings, seed)
        for note in given.notes:
            session.progress.say(f"note: {note}")
        _tell_rejected(session, stage, [*given.rejected, *rejected], [*given.left_out, *aside])
        return kept, watched

    def work() -> None:
        from ...models import entry
        from ...train import combine_adapters

        known = entry(session.start.base)
        adapter = (stage.folder if before is None else stage.work) / ADAPTER
        summary = _carry_out(
            session, stage, method, settings, before, rows, seed=seed, adapter=adapter,
            probe_prompts=spread(session.inputs.train, settings.probe_prompts),
            base_name=known.hub_id if known else None,
            **({"rewards": _rewards(session, stage, opened)} if method.on_policy else {}),
        )  # fmt: skip
        assert isinstance(summary, TrainingSummary)
        if before is not None:
            combine_adapters(before.folder / ADAPTER, adapter, stage.folder / ADAPTER)
        for warning in summary.warnings:
            session.progress.say(f"note: {warning}")
        stage.write(FileName.SUMMARY, summary.to_json())

    return session.do(stage, work)


def _soft(session: Session, settings: TrainingSpec) -> dict[str, object]:
    """What parts trainings by the soft labels of a constitution's judge from those without, as all were once."""
    labelled = SOFT in settings.method_row.settings and any(each.constitution for each in session.spec.feedback.sources)
    return {SOFT: settings.soft_labels} if labelled else {}


def _carry_out(
    session: Session,
    stage: Stage,
    method: Method,
    settings: TrainingSpec,
    before: Stage | None,
    rows: Callable[["LoadedModel"], tuple[Sequence[Any], dict[str, Any]]],
    *,
    seed: int,
    adapter: Path,
    **more: Any,
) -> TrainingSummary | RewardSummary:
    """Trains in this process, or in those of the launch, which have the model's memory then."""
    progress, processes = session.progress, session.processes
    start = session.given_up(before)
    given, watched = rows(start)
    with progress.track(f"training {method.title}", 1) as tracker:
        told = TrainingCallbacks(lambda step, of, loss: tracker.step(step, f"loss {loss:.3f}", of), progress.say)
        if processes.launched and method.alone is None:
            model, precision = start.ref, start.precision
            del start
            if watched:
                progress.say("note: the Goodhart monitor watches trainings in one process alone, and not this one")
            job = write_training(
                stage, method.name, given, settings, processes, start=model, precision=precision, seed=seed,
                adapter=adapter, **more,
            )  # fmt: skip
            return launched_training(job, processes, told)
        if processes.launched:
            progress.say(f"note: {method.name} trains in this process alone")
        from ...train import training_told

        with training_told(method, start.model, settings, start.precision):
            summary: TrainingSummary | RewardSummary = method.trainer()(
                start, given, settings, seed=seed, work=stage.work, adapter=adapter, on_step=told.on_step, say=told.say,
                **watched, **more,
            )  # fmt: skip
            return summary


def _tell_rejected(session: Session, stage: Stage, rejected: Sequence[Reject], left_out: Sequence[Reject]) -> None:
    if rejected:
        from ...train import reasons_of

        session.progress.say(
            f"{len(rejected)} rows cannot be trained on: {reasons_of(rejected)}; see {FileName.REJECTED}"
        )
    stage.write(FileName.REJECTED, to_jsonl((*rejected, *left_out)))


def _rewards(session: Session, stage: Stage, opened: Opened) -> Rewards:
    sample = session.spec.feedback.sample
    return Rewards(
        feedback=sample.rubric if sample is not None else None,
        opened=session.kept(stage, opened),
        rows=session.spec.decode_batch_size,
    )
