"""On-policy RL with a LoRA adapter: RLOO and GRPO by TRL, PPO by ours; one set of settings, rewards and checks."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, assert_never

import numpy as np
from transformers import PrinterCallback, TrainerCallback
from transformers.utils import logging

from ...errors import UserError
from ...models import LoadedModel, end_ids, prompt_ids
from ...records import Prompt, RLStep, TrainingSummary
from ...sharing import why_not, why_plain
from ...spec import RLSpec, TrainingSpec
from ...store import write_atomic
from ..callbacks import CheckpointCallback
from ..common import OnStep, Prepared, Say, arguments, lora_config, plain, resume_point, target_modules_fit, tell
from ..goodhart.answers import Rollouts, answers_of
from ..goodhart.monitor import GoodhartMonitor
from ..launch.ranks import demand_as_asked, save_adapter
from ..preflight import demand
from ..rehearsal import prepare_rehearsal
from ..rewards import Scale, Term, as_reward_function, unended
from .preflight import plain_logps, rl_preflight
from .rollouts import SharedGRPOTrainer, SharedRLOOTrainer

STATE = "rl.json"
"""In a checkpoint: what TRL does not keep there."""


def prepare_rl(
    start: LoadedModel,
    prompts: Sequence[Prompt],
    settings: TrainingSpec,
    terms: Sequence[Term],
    rollouts: Rollouts,
    *,
    seed: int,
    checkpoints: Path,
    base_name: str | None = None,
    say: Say = lambda text: None,
) -> Prepared:
    """Builds the trainer and runs the preflight on answers to two prompts; each check is told through `say`.

    `start.model` is changed (its layers are wrapped). Raises UserError where the target modules are not in the model.
    """
    asked = [prompt_ids(start.tokenizer, prompt.messages) for prompt in prompts[:2]]
    held = plain_logps(start, asked, rollouts)
    share = settings.share_prefixes
    obstacle = why_plain(share, lambda: why_not(start.model), start.model.device, "on-policy RL")
    if base_name is not None:
        start.model.config._name_or_path = base_name
    trainer = _trainer(start, prompts, settings, terms, rollouts, seed, checkpoints)
    demand_as_asked(trainer)
    trainer.shares = obstacle is None
    trainer.remove_callback(PrinterCallback)
    checks = rl_preflight(trainer, held, start.precision, share, obstacle)
    tell(checks, say)
    return Prepared(trainer, checks)


def train_rl(
    start: LoadedModel,
    prompts: Sequence[Prompt],
    watched: Sequence[Prompt],
    settings: TrainingSpec,
    terms: Sequence[Term],
    gold: Term | None,
    *,
    seed: int,
    rows: int,
    work: Path,
    adapter: Path,
    base_name: str | None = None,
    on_step: OnStep = lambda step, of, loss: None,
    say: Say = lambda text: None,
) -> TrainingSummary:
    """Trains a LoRA adapter by `settings.rl` on answers to `prompts`, rewarded by `terms`, and writes it to `adapter`.

    `watched` are prompts that are not trained on, on which reward and `gold` are watched; the adapter written is that
    of the best checkpoint by gold, or the last where there is no gold. `rows` answers are decoded at once. Called again
    after a kill with the same arguments it goes on from the last whole checkpoint and ends the same. `start.model` is
    changed. Raises UserError where the preflight fails or there are fewer prompts than a step needs.
    """
    rl = settings.rl
    if len(prompts) < rl.prompts_per_step:
        raise UserError(
            f"training.rl.prompts_per_step is {rl.prompts_per_step}.",
            f"There are {len(prompts)} training prompts beside the {len(watched)} that are watched.",
            "Give more prompts, or lower prompts_per_step or watch_prompts.",
        )
    checkpoints = work / "checkpoints"
    ends = end_ids(start.model, start.tokenizer)
    rollouts = Rollouts(ends, rows, seed, rl.max_new_tokens)
    rehearsal = None
    if settings.rehearsal_weight:
        texts = rl.steps * 4  # as many as steps and a few at once can use; `prepare_rehearsal` bounds it
        rehearsal = prepare_rehearsal(
            start, settings.rehearsal_weight, texts, 4, seed=seed, kept=work / "rehearsal.json"
        )
    terms = _scaled(start, watched, terms, rollouts, work / "scales.json")
    terms = [*terms, unended(rl.truncation_penalty)] if rl.truncation_penalty else list(terms)
    prepared = prepare_rl(
        start, prompts, settings, terms, rollouts, seed=seed, checkpoints=checkpoints, base_name=base_name, say=say
    )
    trainer, checks = prepared.trainer, prepared.checks
    trainer.rehearsal = rehearsal
    demand(checks)

    monitor = None
    if gold is not None:
        monitor = GoodhartMonitor(
            trainer, start.tokenizer, watched, terms, gold, rollouts,
            every=rl.watch_every, work=work, shares=trainer.shares,
        )  # fmt: skip
        trainer.add_callback(monitor)
    trainer.add_callback(_Keeper(trainer))
    watch = CheckpointCallback(None, rl.watch_every, on_step)
    trainer.add_callback(watch)
    resume = resume_point(checkpoints, say)
    if resume is not None:
        _take_up(trainer, resume)
        if monitor is not None:
            monitor.resume(int(resume.name.split("-")[1]))
    trainer.train(resume_from_checkpoint=str(resume) if resume else None)

    judged = monitor.judged() if monitor is not None else None
    save_adapter(trainer.model, start.tokenizer, adapter)
    if monitor is not None and judged is not None:
        monitor.put_back(judged, adapter)
    return TrainingSummary(
        method=rl.algorithm,
        rollouts=-(-rl.steps // rl.iterations) * rl.prompts_per_step * rl.samples_per_prompt,
        steps=trainer.state.global_step,
        epochs=-(-rl.steps // rl.iterations) * rl.prompts_per_step / len(prompts),
        trainable_parameters=sum(p.numel() for p in trainer.model.parameters() if p.requires_grad),
        precision=start.precision,
        device=str(start.model.device),
        preflight=checks,
        curve=(),
        rl=tuple(_steps(trainer.state.log_history, [term.name for term in terms])),
        overoptimization=judged,
        warnings=(judged.summary,) if judged is not None and judged.alarm else (),
    )


def _scaled(
    start: LoadedModel, watched: Sequence[Prompt], terms: Sequence[Term], rollouts: Rollouts, kept: Path
) -> list[Term]:
    """The terms, each scaled one with its mean and deviation on the start model's answers, kept in a file."""
    if not any(term.scaled for term in terms):
        return list(terms)
    if not kept.is_file():
        said = answers_of(start.model, start.tokenizer, watched, rollouts)
        scales = {term.name: asdict(Scale.of(term.judge(said))) for term in terms if term.scaled}
        write_atomic(kept, json.dumps(scales))
    held = json.loads(kept.read_text())
    return [replace(term, scale=Scale(**held[term.name])) if term.scaled else term for term in terms]


class _Keeper(TrainerCallback):  # type: ignore[misc]
    """Writes into a checkpoint what TRL leaves out: beta, which may have adapted, and PPO's value function."""

    def __init__(self, trainer: Any) -> None:
        self._trainer = trainer

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        write_atomic(folder / STATE, json.dumps({"beta": self._trainer.beta}))
        if hasattr(self._trainer, "save_value"):
            self._trainer.save_value(folder)


def _take_up(trainer: Any, checkpoint: Path) -> None:
    trainer.beta = json.loads((checkpoint / STATE).read_text())["beta"]
    if hasattr(trainer, "load_value"):
        trainer.load_value(checkpoint)


def _trainer(
    start: LoadedModel,
    prompts: Sequence[Prompt],
    settings: TrainingSpec,
    terms: Sequence[Term],
    rollouts: Rollouts,
    seed: int,
    checkpoints: Path,
) -> Any:
    from datasets import Dataset
    from datasets.utils import logging as datasets_logging
    from trl import GRPOConfig, RLOOConfig

    from .ppo import PPOTrainer

    logging.set_verbosity_error()
    datasets_logging.disable_progress_bar()
    rl = settings.rl
    shared = arguments(start, settings, seed, checkpoints)
    del shared["max_length"], shared["num_train_epochs"]
    shared |= {
        "learning_rate": rl.learning_rate,
        "lr_scheduler_type": "constant_with_warmup",
        "max_steps": rl.steps,
        "per_device_train_batch_size": rl.prompts_per_step * rl.samples_per_prompt,
        "gradient_accumulation_steps": 1,
        "num_generations": rl.samples_per_prompt,
        "steps_per_generation": 1,
        "num_iterations": rl.iterations,
        "max_completion_length": rl.max_new_tokens,
        "epsilon": rl.clip,
        "beta": rl.kl.beta,
        "temperature": 1.0,
        "top_p": 1.0,
        "shuffle_dataset": False,
        "reward_weights": [term.weight for term in terms],
        "save_steps": rl.watch_every,
    }
    given: dict[str, Any] = {
        "reward_funcs": [as_reward_function(term, start.tokenizer, rollouts.ends) for term in terms],
        "train_dataset": Dataset.from_list([{"prompt": plain(item.messages)} for item in _in_order(prompts, rl, seed)]),
        "processing_class": start.tokenizer,
        "peft_config": lora_config(settings.lora, start.model),
        "rollouts": rollouts,
        "kl_target": rl.kl.target,
    }
    with target_modules_fit(settings.lora):
        match rl.algorithm:
            case "rloo":
                return SharedRLOOTrainer(start.model, args=RLOOConfig(**shared), **given)
            case "grpo":
                return SharedGRPOTrainer(start.model, args=GRPOConfig(**shared, loss_type="grpo"), **given)
            case "ppo":
                config = GRPOConfig(**shared, loss_type="grpo")
                return PPOTrainer(start.model, args=config, ppo=rl.ppo, **given)
            case _:
                assert_never(rl.algorithm)


def _in_order(prompts: Sequence[Prompt], rl: RLSpec, seed: int) -> list[Prompt]:
    """The prompts of all steps, in the order in which they are met: one shuffled pass after another.

    TRL's sampler begins its order again where a run is resumed; one long epoch that is not shuffled cannot.
    """
    generator = np.random.default_rng(seed)
    needed = -(-rl.steps // rl.iterations) * rl.prompts_per_step
    found: list[Prompt] = []
    while len(found) < needed:
        found += [prompts[i] for i in generator.permutation(len(prompts))]
    return found[:needed]


def _steps(history: Sequence[dict[str, Any]], terms: Sequence[str]) -> list[RLStep]:
    found: list[RLStep] = []
    held: dict[str, Any] = {}
    for row in history:
        if "loss" not in row:
            continue
        held |= row  # a step on an older sample logs none of the sample's figures again
        found.append(
            RLStep(
                step=int(row["step"]),
                loss=float(row["loss"]),
                reward=float(held["reward"]),
                rewards={name: float(held[f"rewards/{name}/mean"]) for name in terms},
                kl=held.get("answer_kl"),
                beta=held.get("beta"),
                tokens=float(held["completions/mean_length"]),
                unended=float(held["completions/clipped_ratio"]),
                entropy=float(held["entropy"]),
                grad_norm=float(row["grad_norm"]),
                learning_rate=float(row["learning_rate"]),
                rehearsal_kl=row.get("rehearsal_kl"),
                value_explained=held.get("value/explained"),
            )
        )
    return found
