"""DPO with a LoRA adapter on TRL's DPOTrainer and PEFT: configure, check, train, resume."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import PrinterCallback
from transformers.utils import logging

from ..errors import UserError
from ..models import LoadedModel, end_ids
from ..records import Comparison, PreflightCheck, Prompt, TrainingSummary
from ..sharing import why_not
from ..spec import TrainingSpec
from .preflight import CARD_ROWS, PREFLIGHT_ROWS, demand, preflight, sharing_card, start_logps
from .rehearsal import prepare_rehearsal
from .together import (
    before_sharding,
    demand_as_asked,
    first_before_others,
    is_first,
    placement,
    save_adapter,
    wait_for_all,
)
from .watch import Watch, curve, make_probe, newest_checkpoint, warnings_in

OnStep = Callable[[int, int, float], None]
Say = Callable[[str], None]


@dataclass(frozen=True)
class PreparedDPO:
    """A trainer that is ready to train, and what the preflight found out about it."""

    trainer: Any
    checks: tuple[PreflightCheck, ...]


def prepare_dpo(
    start: LoadedModel,
    comparisons: Sequence[Comparison],
    settings: TrainingSpec,
    *,
    seed: int,
    checkpoints: Path,
    base_name: str | None = None,
    say: Say = lambda text: None,
) -> PreparedDPO:
    """Builds the trainer and runs the preflight on its first comparisons; each check is told through `say`.

    `start.model` is changed (its layers are wrapped). Where the model cannot share prefixes, or the preflight finds
    the fast path apart from the plain one, the trainer takes the plain one. Raises UserError where the adapter's target
    modules are not in the model.
    """
    plain = start_logps(start.model, start.tokenizer, comparisons[:PREFLIGHT_ROWS])
    ends = end_ids(start.model, start.tokenizer)
    obstacle = why_not(start.model) if settings.share_prefixes else "the spec turns it off"
    if base_name is not None:
        start.model.config._name_or_path = base_name
    trainer = _trainer(start, comparisons, settings, seed, checkpoints)
    demand_as_asked(trainer)
    trainer.shares = obstacle is None
    trainer.remove_callback(PrinterCallback)
    with before_sharding():
        checks = preflight(trainer, _batch(trainer, len(plain) // 2), plain, start.tokenizer, ends, start.precision)
        if obstacle is None:
            card = sharing_card(trainer, _batch(trainer, min(CARD_ROWS, len(comparisons))), start.precision)
            trainer.shares = card.passed
            checks.append(card)
    if obstacle is not None and settings.share_prefixes:
        says = f"training takes the plain path: {obstacle}."
        checks.append(PreflightCheck(name="shared prefixes", passed=False, says=says, required=False))
    for check in checks:
        outcome = "ok" if check.passed else "FAILED" if check.required else "not used"
        say(f"preflight: {outcome}  {check.name}: {check.says}")
    return PreparedDPO(trainer, tuple(checks))


def train_dpo(
    start: LoadedModel,
    comparisons: Sequence[Comparison],
    settings: TrainingSpec,
    *,
    seed: int,
    work: Path,
    adapter: Path,
    probe_prompts: Sequence[Prompt] = (),
    base_name: str | None = None,
    on_step: OnStep = lambda step, of, loss: None,
    say: Say = lambda text: None,
) -> TrainingSummary:
    """Trains a LoRA adapter on comparisons that `plan` kept and writes it to `adapter`.

    `work` holds the checkpoints: called again after a kill with the same arguments, training goes on from the last
    whole one and ends in the same adapter, because the data order comes from `seed` and the reference is the start
    model with the adapter switched off. `start.model` is changed (its layers are wrapped). Raises UserError where the
    preflight fails or the adapter's target modules are not in the model.
    """
    checkpoints = work / "checkpoints"
    rehearsal = None
    if settings.rehearsal_weight:
        with first_before_others():
            rehearsal = prepare_rehearsal(
                start,
                settings.rehearsal_weight,
                len(comparisons),
                settings.batch_size,
                seed=seed,
                kept=work / "rehearsal.json",
            )
    prepared = prepare_dpo(
        start, comparisons, settings, seed=seed, checkpoints=checkpoints, base_name=base_name, say=say
    )
    demand(prepared.checks)
    trainer = prepared.trainer
    trainer.rehearsal = rehearsal
    probe = make_probe(trainer.model, start.tokenizer, probe_prompts) if probe_prompts else None
    watch = Watch(probe, settings.checkpoint_every, on_step)
    trainer.add_callback(watch)
    resume = newest_checkpoint(checkpoints)
    if checkpoints.is_dir() and is_first():  # what a kill left half-written would count as the newest for the trainer
        for other in checkpoints.glob("checkpoint-*"):
            if resume is None or int(other.name.split("-")[1]) > int(resume.name.split("-")[1]):
                shutil.rmtree(other)
    wait_for_all()
    if resume is not None:
        say(f"training goes on from step {resume.name.split('-')[1]}")
        watch.resume(resume)
    trainable = sum(p.numel() for p in trainer.model.parameters() if p.requires_grad)
    trainer.train(resume_from_checkpoint=str(resume) if resume else None)

    for config in trainer.model.peft_config.values():  # a set would be written in another order in each process
        if isinstance(config.target_modules, set):
            config.target_modules = sorted(config.target_modules)
    save_adapter(trainer.model, start.tokenizer, adapter)
    steps = curve(trainer.state.log_history, watch.probes, settings.beta)
    return TrainingSummary(
        comparisons=len(comparisons),
        steps=trainer.state.global_step,
        epochs=float(trainer.state.epoch or 0.0),
        trainable_parameters=trainable,
        precision=start.precision,
        device=str(start.model.device),
        preflight=prepared.checks,
        curve=tuple(steps),
        warnings=tuple(warnings_in(steps, watch.probes.get(0))),
    )


def _trainer(
    start: LoadedModel, comparisons: Sequence[Comparison], settings: TrainingSpec, seed: int, checkpoints: Path
) -> Any:
    from datasets import Dataset
    from datasets.utils import logging as datasets_logging
    from peft import LoraConfig
    from trl import DPOConfig

    from .shared_dpo import SharedPrefixDPOTrainer

    logging.set_verbosity_error()
    datasets_logging.disable_progress_bar()
    rows = [
        {name: [m.model_dump() for m in getattr(item, name)] for name in ("prompt", "chosen", "rejected")}
        for item in comparisons
    ]
    arguments = DPOConfig(
        output_dir=str(checkpoints),
        learning_rate=settings.learning_rate,
        beta=settings.beta,
        loss_type=["sigmoid", "sft"] if settings.sft_weight else ["sigmoid"],
        loss_weights=[1.0, settings.sft_weight] if settings.sft_weight else [1.0],
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        gradient_accumulation_steps=settings.accumulate,
        warmup_steps=settings.warmup,
        max_grad_norm=settings.max_grad_norm,
        max_length=settings.max_length,
        gradient_checkpointing=False,
        bf16=start.precision == "bf16",
        **placement(on_cpu=start.model.device.type == "cpu"),
        seed=seed,
        data_seed=seed,
        logging_steps=1,
        save_strategy="steps",
        save_steps=settings.checkpoint_every,
        save_total_limit=2,
        report_to=[],
        disable_tqdm=True,
        log_level="error",
    )
    modules = settings.lora.target_modules
    lora = LoraConfig(
        r=settings.lora.rank,
        lora_alpha=settings.lora.alpha,
        lora_dropout=settings.lora.dropout,
        target_modules=modules if isinstance(modules, str) else list(modules),
        task_type="CAUSAL_LM",
    )
    try:
        return SharedPrefixDPOTrainer(
            start.model,
            args=arguments,
            train_dataset=Dataset.from_list(rows),
            processing_class=start.tokenizer,
            peft_config=lora,
        )
    except ValueError as error:
        if "target" not in str(error).lower():
            raise
        raise UserError(
            f"training.lora.target_modules is {modules!r}.",
            f"It does not fit this model: {str(error).splitlines()[0][:200]}",
            "Use all-linear, or the names of this model's linear layers.",
        ) from None


def _batch(trainer: Any, count: int) -> dict[str, Any]:
    """The first comparisons as the trainer collates them, on the model's device."""
    batch = trainer.data_collator([trainer.train_dataset[i] for i in range(count)])
    return {name: value.to(trainer.model.device) for name, value in batch.items()}
