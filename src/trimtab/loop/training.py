"""What a training stage does: rows for its method, the plan, the training, and one adapter of the start model."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from ..feedback import liked, to_demonstrations, to_thumbs
from ..records import Comparison, Demonstration, Prompt, Reject, Thumb, TrainingSummary, to_jsonl
from ..spec import TrainingSpec
from ..store import Stage
from .progress import Progress

if TYPE_CHECKING:
    from ..models import LoadedModel

COMPARISONS, DEMONSTRATIONS, THUMBS = "comparisons.jsonl", "demonstrations.jsonl", "thumbs.jsonl"
SFT_STAGE = "train.sft"
"""The supervised fine-tuning before DPO or KTO."""
_NOT_OF_SFT = {"method", "sft_first", "beta", "sft_weight", "rehearsal_weight", "share_prefixes"}
"""Settings that do not decide what supervised fine-tuning before DPO or KTO ends in."""


def sft_settings(training: TrainingSpec) -> TrainingSpec:
    """The settings of the supervised fine-tuning that goes before DPO or KTO."""
    assert training.sft_first is not None
    own = training.sft_first.model_dump()
    return TrainingSpec.model_validate({**training.model_dump(exclude=_NOT_OF_SFT), "method": "sft", **own})


def rows_name(method: str) -> str:
    """The file of what a method trains on."""
    return {"dpo": COMPARISONS, "kto": THUMBS, "sft": DEMONSTRATIONS}[method]


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
    seed: int,
    prompts: Sequence[Prompt],
    base_name: str | None,
    progress: Progress,
) -> None:
    """Trains by the settings' method and writes `adapter/`, `summary.json` and `rejected.jsonl`.

    `after` is the adapter of an earlier stage that `start` has merged in already: training is then relative to that,
    and what is written is both together, relative to the model before. `start` is changed.
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
        match settings.method:
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
                assert_never(settings.method)
    if after is not None:
        combine_adapters(after, adapter, stage.folder / "adapter")
    for warning in summary.warnings:
        progress.say(f"note: {warning}")
    stage.write("summary.json", summary.to_json())
