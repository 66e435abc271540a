"""The stages that train: fine-tuning first, the reward model, and the method itself."""

from typing import Any

from ...evaluate import spread
from ...scorers import VERSION
from ...spec import TrainingSpec
from ...store import Stage
from ..rewards import Rewards
from ..supervision import (
    RANKINGS,
    TrainingRows,
    read_gathered,
    reward_rows,
    rows_before,
    supervision_inputs,
    training_rows,
)
from ..training import (
    REWARD_STAGE,
    SFT_STAGE,
    TRAIN_STAGE,
    deciding,
    reward_stage,
    round_name,
    sft_settings,
    train_stage,
)
from .session import Session


def train_sft(session: Session, feedback: Stage) -> Stage:
    """Supervised fine-tuning before another method: on demonstrations, or else on the chosen or liked answers."""
    return _train(session, SFT_STAGE, feedback, sft_settings(session.spec.training), None, None)


def train_reward(session: Session, feedback: Stage, sft: Stage | None) -> Stage:
    """The reward model of RLHF, on the rankings of sampled answers and the comparisons from files."""
    before = sft or session.before
    ranked = (feedback.folder / RANKINGS).is_file()
    stage = session.stage(
        round_name(REWARD_STAGE, session.round),
        session.spec.training.reward.model_dump(mode="json") | {"precision": session.precision} | session.launched(),
        {
            **supervision_inputs(feedback),
            **({"rankings": feedback.output(RANKINGS)} if ranked else {}),
            **session.started_from(before),
        },
    )

    def work() -> None:
        reward_stage(
            stage,
            reward_rows(feedback, read_gathered(feedback), session.spec.seed),
            lambda: session.given_up(before),
            session.spec.training,
            session.processes,
            seed=session.spec.seed,
            progress=session.progress,
        )

    return session.do(stage, work)


def train(session: Session, feedback: Stage, sft: Stage | None, reward: Stage | None) -> Stage:
    """Training by the spec's method: the adapter, the curve, the preflight, and what could not be trained on.

    With `sft`, or in a later round, training starts from the model before it, and the adapter holds both. `reward`
    is the stage of the reward model that RL is to use. For several machines nothing is trained here: raises
    LaunchPending with what starts it, until its result is there; so do the other training stages.
    """
    return _train(
        session, round_name(TRAIN_STAGE, session.round), feedback, session.spec.training, sft or session.before, reward
    )


def _train(
    session: Session, name: str, feedback: Stage, settings: TrainingSpec, before: Stage | None, reward: Stage | None
) -> Stage:
    inputs = supervision_inputs(feedback) | session.started_from(before)
    decided = deciding(settings) | {"precision": session.precision}
    if settings.method == "rlhf":
        inputs = {"train": session.inputs.hashes["train"], **session.started_from(before)}
        rubric = session.spec.feedback.sample.rubric if session.spec.feedback.sample else ()
        decided |= {"rubric": rubric, "rows": session.spec.decode_batch_size, "scorers": VERSION}
    else:
        decided |= session.launched()
    if reward is not None:
        inputs["reward"] = reward.outputs_under("reward/")
    stage = session.stage(name, decided, inputs)

    def work() -> None:
        from ...models import entry

        known = entry(session.start.base)
        train_stage(
            stage,
            _rows(session, name, feedback, settings),
            lambda: session.given_up(before),
            settings,
            session.processes,
            after=None if before is None else before.folder / "adapter",
            rewards=lambda: _rewards(session, reward),
            seed=session.spec.seed + session.round - 1,
            prompts=spread(session.inputs.train, settings.probe_prompts),
            base_name=known.hub_id if known else None,
            progress=session.progress,
        )

    return session.do(stage, work)


def _rows(session: Session, name: str, feedback: Stage, settings: TrainingSpec) -> TrainingRows[Any]:
    """What a stage trains on; RL trains on prompts."""
    if settings.method == "rlhf":
        return TrainingRows(())
    make = rows_before if name == SFT_STAGE else training_rows
    return make(read_gathered(feedback), session.spec.training, session.spec.seed)


def _rewards(session: Session, reward: Stage | None) -> Rewards:
    sample = session.spec.feedback.sample
    return Rewards(
        prompts=session.inputs.train,
        feedback=sample.rubric if sample is not None else None,
        trained=reward.folder / "reward" if reward is not None else None,
        path=session.path,
        rows=session.spec.decode_batch_size,
        precision=session.precision,
    )
