"""What a training stage does: rows for its method, the plan, the training, and one adapter of the start model."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..records import Comparison, Prompt, Ranking, Record, Reject, RewardSummary, TrainingSummary, text_of, to_jsonl
from ..spec import Method, TrainingSpec
from ..store import Stage
from .launch import TrainingCallbacks, as_comparisons, launched_training, write_training
from .progress import Progress
from .rewards import Rewards
from .supervision import TrainingRows

if TYPE_CHECKING:
    from ..models import LoadedModel
    from ..train import Processes

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


def train_stage(
    stage: Stage,
    given: TrainingRows[Any],
    load: Callable[[], "LoadedModel"],
    settings: TrainingSpec,
    processes: "Processes",
    *,
    after: Path | None,
    rewards: Callable[[], Rewards] | None = None,
    seed: int,
    prompts: Sequence[Prompt],
    base_name: str | None,
    progress: Progress,
) -> None:
    """Trains on the rows given by the settings' method and writes `adapter/`, `summary.json` and `rejected.jsonl`.

    `after` is the adapter of an earlier stage that the model has merged in already: training is then relative to that,
    and what is written is both together, relative to the model before. `rewards` opens what RL needs. The model that
    `load` gives is changed, or let go of where other processes train; RL itself trains in this one. Raises
    LaunchPending where they are on several machines, until their result is there.
    """
    from ..train import combine_adapters, train_dpo, train_kto, train_sft

    start = load()
    adapter = stage.folder / "adapter" if after is None else stage.work / "adapter"
    method = settings.resolved
    rows, rejected = _fitting(given.rows, method, start, settings, seed)
    rejected = [*given.rejected, *rejected]
    for note in given.notes:
        progress.say(f"note: {note}")
    if rejected:
        progress.say(f"{len(rejected)} rows cannot be trained on: see rejected.jsonl")
    stage.write("rejected.jsonl", to_jsonl((*rejected, *given.left_out)))
    with progress.track("training" if method != "sft" else "fine-tuning", 1) as tracker:
        told = TrainingCallbacks(lambda step, of, loss: tracker.step(step, f"loss {loss:.3f}", of), progress.say)
        summary: TrainingSummary | RewardSummary
        if method == "rlhf":
            assert rewards is not None
            if processes.launched:
                progress.say("note: RL trains in this process alone")
            summary = rewards().train(start, settings, seed, stage.work, adapter, base_name, told.on_step, told.say)
        elif processes.launched:
            assert method != "kto"  # `Processes.demand` refuses it
            model, precision = start.ref, start.precision
            del start
            job = write_training(
                stage, method, rows, settings, processes, start=model, precision=precision, seed=seed, adapter=adapter,
                probe_prompts=prompts, base_name=base_name,
            )  # fmt: skip
            summary = launched_training(job, processes, told)
        else:
            trains: dict[str, Callable[..., TrainingSummary]] = {"dpo": train_dpo, "kto": train_kto, "sft": train_sft}
            summary = trains[method](
                start, rows, settings, seed=seed, work=stage.work, adapter=adapter,
                probe_prompts=prompts, base_name=base_name, on_step=told.on_step, say=told.say,
            )  # fmt: skip
    assert isinstance(summary, TrainingSummary)
    if after is not None:
        combine_adapters(after, adapter, stage.folder / "adapter")
    for warning in summary.warnings:
        progress.say(f"note: {warning}")
    stage.write("summary.json", summary.to_json())


def _fitting(
    rows: Sequence[Any], method: Method, start: "LoadedModel", settings: TrainingSpec, seed: int
) -> tuple[Sequence[Record], Sequence[Reject]]:
    """What a method trains on in its order, and the rows that it cannot; RL trains on prompts."""
    from ..models import end_ids
    from ..train import pair_off, plan

    if method == "rlhf":
        return (), ()
    planned = plan(rows, start.tokenizer, settings.max_length, end_ids(start.model, start.tokenizer))
    if method != "kto":
        return planned.kept, planned.rejected
    order, alone = pair_off(planned.kept, settings.batch_size, seed)
    return order, (*planned.rejected, *alone)


def reward_stage(
    stage: Stage,
    given: tuple[Sequence[Comparison], Sequence[Ranking]],
    load: Callable[[], "LoadedModel"],
    training: TrainingSpec,
    processes: "Processes",
    *,
    seed: int,
    progress: Progress,
) -> None:
    """Trains the reward model on the comparisons and rankings given, and writes it to `reward/`.

    In several processes rankings are trained on as all their pairs. Raises LaunchPending as `train_stage` does.
    """
    from ..train import train_reward

    compared, ranked = given
    folder = stage.folder / "reward"
    start = load()
    with progress.track("training the reward model", 1) as tracker:
        told = TrainingCallbacks(lambda step, of, loss: tracker.step(step, f"loss {loss:.3f}", of), progress.say)
        summary: TrainingSummary | RewardSummary
        if processes.launched:
            pairs = [*compared, *(as_comparisons(ranked, progress.say) if ranked else ())]
            model, precision = start.ref, start.precision
            del start
            job = write_training(
                stage, "reward", pairs, training, processes, start=model, precision=precision, seed=seed, adapter=folder
            )
            summary = launched_training(job, processes, told)
        else:
            summary = train_reward(
                start,
                compared,
                training.reward,
                seed=seed,
                work=stage.work,
                folder=folder,
                ranked=[(item.prompt, [text_of(said) for said in item.completions]) for item in ranked],
                on_step=told.on_step,
                say=told.say,
            )
    assert isinstance(summary, RewardSummary)
    if summary.heldout is not None:
        held = summary.heldout
        progress.say(
            f"the reward model is right on {held.accuracy:.0%} of pairs from {held.prompts} prompts that it was not "
            f"trained on ({held.accuracy_low:.0%} to {held.accuracy_high:.0%})"
        )
    stage.write("summary.json", summary.to_json())
