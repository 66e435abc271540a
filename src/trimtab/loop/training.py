"""What a training stage does: rows for its method, the plan, the training, and one adapter of the start model."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

from ..feedback import liked, to_demonstrations, to_thumbs
from ..records import (
    Comparison,
    Demonstration,
    Prompt,
    Ranking,
    Reject,
    Thumb,
    TrainingSummary,
    text_of,
    to_jsonl,
)
from ..spec import RewardSpec, TrainingSpec
from ..store import Stage
from .progress import Progress
from .rewarding import Rewards

if TYPE_CHECKING:
    from ..models import LoadedModel

COMPARISONS, DEMONSTRATIONS, THUMBS = "comparisons.jsonl", "demonstrations.jsonl", "thumbs.jsonl"
RANKINGS = "rankings.jsonl"
"""Of sampled answers: all candidates of a prompt in order, for a reward model."""
REWARD_STAGE = "train.reward"
"""The reward model of RLHF."""
TRAIN_STAGE = "train"
"""The training by the spec's method."""
SFT_STAGE = "train.sft"
"""The supervised fine-tuning before DPO or KTO."""
_NOT_OF_SFT = {"method", "sft_first", "beta", "sft_weight", "rehearsal_weight", "share_prefixes", "reward", "rl"}
"""Settings that do not decide what supervised fine-tuning before another method ends in."""
_OF_RL = {"method", "sft_first", "rehearsal_weight", "warmup", "max_grad_norm", "share_prefixes", "lora", "rl"}
"""Settings that decide what on-policy RL ends in."""


def sft_settings(training: TrainingSpec) -> TrainingSpec:
    """The settings of the supervised fine-tuning that goes before DPO or KTO."""
    assert training.first is not None
    own = training.first.model_dump(exclude={"before"})
    return TrainingSpec.model_validate({**training.model_dump(exclude=_NOT_OF_SFT), "method": "sft", **own})


def round_name(stage: str, number: int) -> str:
    """What a stage of feedback or training is called in a round; the first has no number."""
    return stage if number == 1 else f"{stage}.{number}"


def deciding(settings: TrainingSpec) -> dict[str, Any]:
    """The settings that decide what a training stage ends in; a change of others does not run it again."""
    if settings.method == "rlhf":
        return settings.model_dump(mode="json", include=_OF_RL)
    return settings.model_dump(mode="json", exclude={"reward", "rl"})


def rows_name(method: str) -> str:
    """The file of what a method trains on."""
    return {"dpo": COMPARISONS, "rlhf": COMPARISONS, "kto": THUMBS, "sft": DEMONSTRATIONS}[method]


def rows_file(feedback: Stage, method: str) -> str:
    """The file of the feedback stage that a method's rows come from: its own kind, or the one to convert."""
    return next(name for name in (rows_name(method), COMPARISONS, THUMBS) if (feedback.folder / name).is_file())


def comparisons_of(feedback: Stage) -> list[Comparison]:
    """The comparisons to train on."""
    return feedback.read_lines(COMPARISONS, Comparison)


def thumbs_of(feedback: Stage) -> list[Thumb]:
    """The thumbs, or the comparisons' sides as thumbs."""
    if rows_file(feedback, "kto") == THUMBS:
        return feedback.read_lines(THUMBS, Thumb)
    return list(to_thumbs(comparisons_of(feedback)).made)


def demonstrations_of(feedback: Stage) -> list[Demonstration]:
    """The demonstrations; where there are none the comparisons' chosen sides, or the liked answers."""
    match rows_file(feedback, "sft"):
        case "demonstrations.jsonl":
            return feedback.read_lines(DEMONSTRATIONS, Demonstration)
        case "comparisons.jsonl":
            return list(to_demonstrations(comparisons_of(feedback)).made)
        case _:
            return liked(feedback.read_lines(THUMBS, Thumb))


def train_stage(
    stage: Stage,
    feedback: Stage,
    start: "LoadedModel",
    settings: TrainingSpec,
    *,
    after: Path | None,
    rewards: Callable[[], Rewards] | None = None,
    seed: int,
    prompts: Sequence[Prompt],
    base_name: str | None,
    progress: Progress,
) -> None:
    """Trains by the settings' method and writes `adapter/`, `summary.json` and `rejected.jsonl`.

    `after` is the adapter of an earlier stage that `start` has merged in already: training is then relative to that,
    and what is written is both together, relative to the model before. `rewards` opens what RL needs. `start` is
    changed.
    """
    from ..models import end_ids
    from ..train import combine_adapters, pair_off, plan, train_dpo, train_kto, train_sft

    tokenizer, ends = start.tokenizer, end_ids(start.model, start.tokenizer)
    adapter = stage.folder / "adapter" if after is None else stage.work / "adapter"

    def log(rejected: Sequence[Reject]) -> None:
        if rejected:
            progress.say(f"{len(rejected)} rows cannot be trained on: see rejected.jsonl")
        stage.write("rejected.jsonl", to_jsonl(rejected))

    with progress.track("training" if settings.method != "sft" else "fine-tuning", 1) as tracker:

        def on_step(step: int, of: int, loss: float) -> None:
            tracker.step(step, f"loss {loss:.3f}", of)

        summary: TrainingSummary
        match settings.resolved:
            case "rlhf":
                assert rewards is not None
                log(())
                summary = rewards().train(start, settings, seed, stage.work, adapter, base_name, on_step, progress.say)
            case "dpo":
                compared = plan(comparisons_of(feedback), tokenizer, settings.max_length, ends)
                log(compared.rejected)
                summary = train_dpo(
                    start, compared.kept, settings, seed=seed, work=stage.work, adapter=adapter,
                    probe_prompts=prompts, base_name=base_name, on_step=on_step, say=progress.say,
                )  # fmt: skip
            case "kto":
                judged = plan(thumbs_of(feedback), tokenizer, settings.max_length, ends)
                order, alone = pair_off(judged.kept, settings.batch_size, seed)
                log((*judged.rejected, *alone))
                summary = train_kto(
                    start, order, settings, seed=seed, work=stage.work, adapter=adapter,
                    probe_prompts=prompts, base_name=base_name, on_step=on_step, say=progress.say,
                )  # fmt: skip
            case "sft":
                shown = plan(demonstrations_of(feedback), tokenizer, settings.max_length, ends)
                log(shown.rejected)
                summary = train_sft(
                    start, shown.kept, settings, seed=seed, work=stage.work, adapter=adapter,
                    probe_prompts=prompts, base_name=base_name, on_step=on_step, say=progress.say,
                )  # fmt: skip
            case _:
                assert_never(settings.resolved)
    if after is not None:
        combine_adapters(after, adapter, stage.folder / "adapter")
    for warning in summary.warnings:
        progress.say(f"note: {warning}")
    stage.write("summary.json", summary.to_json())


def reward_stage(
    stage: Stage, feedback: Stage, start: "LoadedModel", settings: RewardSpec, seed: int, progress: Progress
) -> None:
    """Trains the reward model on the feedback's rankings, or its comparisons, and writes it to `reward/`."""
    from ..train import train_reward

    ranked = feedback.read_lines(RANKINGS, Ranking) if (feedback.folder / RANKINGS).is_file() else []
    with progress.track("training the reward model", 1) as tracker:
        summary = train_reward(
            start,
            [] if ranked else comparisons_of(feedback),
            settings,
            seed=seed,
            work=stage.work,
            folder=stage.folder / "reward",
            ranked=[(item.prompt, [text_of(said) for said in item.completions]) for item in ranked],
            on_step=lambda step, of, loss: tracker.step(step, f"loss {loss:.3f}", of),
            say=progress.say,
        )
    if summary.heldout is not None:
        held = summary.heldout
        progress.say(
            f"the reward model is right on {held.accuracy:.0%} of pairs from {held.prompts} prompts that it was not "
            f"trained on ({held.accuracy_low:.0%} to {held.accuracy_high:.0%})"
        )
    stage.write("summary.json", summary.to_json())
