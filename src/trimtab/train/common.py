"""What every method's training shares: the LoRA adapter, the trainer's settings, resuming, and what is left behind."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Required, TypedDict, Unpack

from transformers import PrinterCallback
from transformers.utils import logging

from ..errors import UserError
from ..models import LoadedModel, end_ids
from ..records import Comparison, Message, PreflightCheck, Prompt, Supervision, TrainingSummary, kind_of
from ..sharing import why_not
from ..spec import LoraSpec, RewardSpec, TrainingSpec
from .callbacks import CheckpointCallback, curve, make_probe, resumable, warnings_in
from .launch.ranks import demand_as_asked, first_before_others, placement, rows_repeated, save_adapter
from .preflight import demand
from .soft_labels import soft

if TYPE_CHECKING:
    from .goodhart.monitor import GoodhartMonitor, Watch

OnStep = Callable[[int, int, float], None]
Say = Callable[[str], None]


class Given(TypedDict, total=False):
    """What every training is given beside the model, the rows and the settings.

    `work` holds the checkpoints: called again after a kill with the same arguments, training goes on from the last
    whole one and ends in the same adapter, which is written to `adapter`. Greedy answers to `probe_prompts` are watched
    on the way, and with `watch` what judged the rows is held against an independent measure. `base_name` is what the
    adapter calls its base, where the model was loaded from another place. `on_step` is told each step (number, of how
    many, loss), `say` lines of text.
    """

    seed: Required[int]
    work: Required[Path]
    adapter: Required[Path]
    probe_prompts: Sequence[Prompt]
    base_name: str | None
    on_step: OnStep
    say: Say
    watch: "Watch | None"


class Preparing(TypedDict, total=False):
    """What every preparation is given beside the model, the rows and the settings: see `Given`."""

    seed: Required[int]
    checkpoints: Required[Path]
    base_name: str | None
    say: Say


def silent(*_: object) -> None:
    """Tells nobody."""


def preparing(given: Given) -> Preparing:
    """What a training's preparation is given."""
    return {
        "seed": given["seed"],
        "checkpoints": given["work"] / "checkpoints",
        "base_name": given.get("base_name"),
        "say": given.get("say", silent),
    }


@dataclass(frozen=True)
class Prepared:
    """A trainer that is ready to train, and what the preflight found out about it."""

    trainer: Any
    checks: tuple[PreflightCheck, ...]


def lora_config(lora: LoraSpec, model: Any, task: str = "CAUSAL_LM", trained_whole: Sequence[str] = ()) -> Any:
    """PEFT's configuration of the spec's adapter on a model; layers named in `trained_whole` are trained beside it."""
    from peft import LoraConfig

    modules = lora.modules_of(model.config.get_text_config().num_hidden_layers)
    return LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=modules if isinstance(modules, str) else list(modules),
        modules_to_save=list(trained_whole) or None,
        task_type=task,
    )


def arguments(start: LoadedModel, settings: TrainingSpec | RewardSpec, seed: int, checkpoints: Path) -> dict[str, Any]:
    """What the configurations of TRL's trainers have in common."""
    return {
        "output_dir": str(checkpoints),
        "learning_rate": settings.learning_rate,
        "num_train_epochs": settings.epochs,
        "per_device_train_batch_size": settings.batch_size,
        "gradient_accumulation_steps": settings.accumulate,
        "warmup_steps": settings.warmup,
        "max_grad_norm": settings.max_grad_norm,
        "max_length": settings.max_length,
        "gradient_checkpointing": False,
        "bf16": start.precision == "bf16",
        **placement(on_cpu=start.model.device.type == "cpu"),
        "seed": seed,
        "data_seed": seed,
        "logging_steps": 1,
        "save_strategy": "steps",
        "save_steps": settings.checkpoint_every,
        "save_total_limit": 2,
        "report_to": [],
        "disable_tqdm": True,
        "log_level": "error",
    }


def make_trainer(
    kind: Any,
    start: LoadedModel,
    config: Any,
    rows: Sequence[Mapping[str, Any]],
    settings: TrainingSpec,
    base_name: str | None = None,
) -> Any:
    """A quiet trainer of a `kind` over rows, whose adapter calls its base by the name given.

    Raises UserError where the target modules are not in the model, or the launch is not what was asked for.
    """
    from datasets import Dataset
    from datasets.utils import logging as datasets_logging

    logging.set_verbosity_error()
    datasets_logging.disable_progress_bar()
    if base_name is not None:
        start.model.config._name_or_path = base_name
    with target_modules_fit(settings.lora):
        trainer = kind(
            start.model,
            args=config,
            train_dataset=Dataset.from_list(list(rows)),
            processing_class=start.tokenizer,
            peft_config=lora_config(settings.lora, start.model),
        )
    demand_as_asked(trainer)
    trainer.remove_callback(PrinterCallback)
    return trainer


@contextmanager
def target_modules_fit(lora: LoraSpec, where: str = "training.lora") -> Iterator[None]:
    """Around the making of a trainer: raises UserError where PEFT finds the target modules not in the model."""
    try:
        yield
    except ValueError as error:
        if "target" not in str(error).lower():
            raise
        raise UserError(
            f"{where}.target_modules is {lora.target_modules!r}.",
            f"It does not fit this model: {str(error).splitlines()[0][:200]}",
            "Use all-linear, or the names of this model's linear layers.",
        ) from None


def plain(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Messages as TRL's datasets hold them: text throughout, as a table would mix up the keys of objects."""
    return [{name: value for name, value in message if value is not None} for message in messages]


def first_batch(trainer: Any, count: int) -> dict[str, Any]:
    """The first rows as the trainer collates them, on the model's device."""
    return batch_of(trainer, range(count))


def batch_of(trainer: Any, places: Iterable[int]) -> dict[str, Any]:
    """Rows as the trainer collates them, on the model's device."""
    batch = trainer.data_collator([trainer.train_dataset[place] for place in places])
    return {name: value.to(trainer.model.device) for name, value in batch.items()}


def ready(trainer: Any, checks: Sequence[PreflightCheck], given: Preparing) -> Prepared:
    """The trainer with what the preflight found, which is told."""
    tell(checks, given.get("say", silent))
    return Prepared(trainer, tuple(checks))


def tell(checks: Sequence[PreflightCheck], say: Say) -> None:
    """Each check in a line."""
    for check in checks:
        say(f"preflight: {check.outcome}  {check.name}: {check.summary}")


def train(
    method: str,
    prepared: Prepared,
    start: LoadedModel,
    rows: Sequence[Supervision],
    settings: TrainingSpec,
    **given: Unpack[Given],
) -> TrainingSummary:
    """Trains what is prepared, going on from the last whole checkpoint, and writes the adapter.

    Raises UserError where a required check failed.
    """
    demand(prepared.checks)
    trainer, work, say = prepared.trainer, given["work"], given.get("say", silent)
    probed = given.get("probe_prompts", ())
    probe = make_probe(trainer.model, start.tokenizer, probed) if probed else None
    watch = CheckpointCallback(probe, settings.checkpoint_every, given.get("on_step", silent))
    monitor = _monitor(trainer, start, given)
    if monitor is not None:
        trainer.add_callback(monitor)
    trainer.add_callback(watch)  # last, as it marks checkpoints whole
    trainable = trainable_parameters(trainer)
    train_on(trainer, watch, work / "checkpoints", say, monitor)
    save_adapter(trainer.model, start.tokenizer, given["adapter"])
    judged = monitor.judged() if monitor is not None else None
    if monitor is not None and judged is not None:
        monitor.put_back(judged, given["adapter"])
    steps = curve(trainer.state.log_history, watch.probes, settings.beta)
    counts: dict[str, Any] = {f"{kind_of(rows[0])}s": len(rows)}
    counts["soft"] = len(soft([row.probability for row in rows if isinstance(row, Comparison)]))
    return TrainingSummary(
        method=method,
        **counts,
        steps=trainer.state.global_step,
        epochs=float(trainer.state.epoch or 0.0),
        trainable_parameters=trainable,
        precision=start.precision,
        device=str(start.model.device),
        preflight=prepared.checks,
        curve=tuple(steps),
        warnings=(
            *warnings_in(steps, watch.probes.get(0)),
            *([judged.summary] if judged is not None and judged.alarm else []),
        ),
        overoptimization=judged,
    )


def _monitor(trainer: Any, start: LoadedModel, given: Given) -> "GoodhartMonitor | None":
    """The monitor of what is to be watched; None where nothing is."""
    watched = given.get("watch")
    if watched is None:
        return None
    from .goodhart.answers import Rollouts
    from .goodhart.monitor import GoodhartMonitor

    shares = getattr(trainer, "shares", None)
    ends = end_ids(start.model, start.tokenizer)
    return GoodhartMonitor(
        trainer, start.tokenizer, watched.prompts, [watched.proxy], watched.gold,
        Rollouts(ends, watched.rows, given["seed"], watched.max_new_tokens),
        every=watched.every, work=given["work"], shares=why_not(start.model) is None if shares is None else shares,
        keep="last",
    )  # fmt: skip


def trainable_parameters(trainer: Any) -> int:
    """How many parameters train; asked before training, because ZeRO-3 then leaves a piece of each in a process."""
    return sum(p.numel() for p in trainer.model.parameters() if p.requires_grad)


def train_on(
    trainer: Any, watch: CheckpointCallback, checkpoints: Path, say: Say, monitor: "GoodhartMonitor | None" = None
) -> None:
    """Trains from the last whole checkpoint, or from the start."""
    twice = rows_repeated(len(trainer.train_dataset), trainer.args.per_device_train_batch_size)
    if twice:
        say(
            f"note: {twice} of {len(trainer.train_dataset)} rows are taken twice in an epoch, to fill up its last "
            "batch: every process needs as many"
        )
    resume = resume_point(checkpoints, say)
    if resume is not None:
        watch.resume(resume)
        if monitor is not None:
            monitor.resume(int(resume.name.split("-")[1]))
    trainer.train(resume_from_checkpoint=str(resume) if resume else None)


def resume_point(checkpoints: Path, say: Say) -> Path | None:
    """The last whole checkpoint. Removes later ones that a kill left half-written, which a trainer would take."""
    with first_before_others():
        resume = resumable(checkpoints)
    if resume is not None:
        say(f"training goes on from step {resume.name.split('-')[1]}")
    return resume
