"""A reward model from comparisons: Bradley-Terry on TRL and PEFT, an ensemble of heads, and what held-out prompts say.

The loss is TRL's: -log sigmoid of the difference of two rewards (Bradley and Terry 1952; Ouyang et al. 2022, eq. 1, for
rankings of more). The decoder gets a LoRA adapter, and the head is trained with it.
"""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Unpack

import numpy as np
import torch
from safetensors.torch import save
from transformers import PrinterCallback
from transformers.utils import logging

from ...models import REWARD_HEADS, REWARD_SUMMARY, LoadedModel, as_reward_model, end_ids
from ...records import Comparison, PreflightCheck, Ranking, RewardStep, RewardSummary, to_jsonl
from ...sharing import REWARDS, RewardScorer, positions_of, why_not, why_plain
from ...spec import RewardSpec, TrainingSpec
from ...store import FileName, write_atomic
from ..callbacks import CheckpointCallback
from ..common import (
    Given,
    OnStep,
    Say,
    arguments,
    lora_config,
    silent,
    target_modules_fit,
    tell,
    train_on,
    trainable_parameters,
)
from ..launch.ranks import demand_as_asked, is_first, save_adapter
from ..preflight import demand, path_taken
from ..soft_labels import SURE, WithSure, soft, told_soft
from .data import Ranked, TokenRanking, read_rankings, split_prompts
from .heads import fit_heads
from .measure import measure_heldout
from .preflight import plain_rewards, preflight, unread_end

PREFLIGHT_ROWS = 2
"""Rankings that the preflight looks at."""


def train_reward_model(
    start: LoadedModel,
    rows: Sequence[Comparison | Ranking],
    settings: TrainingSpec,
    **given: Unpack[Given],
) -> RewardSummary:
    """`train_reward` called as the methods are, on comparisons and rankings; there are no answers to probe."""
    rankings = [row for row in rows if isinstance(row, Ranking)]
    return train_reward(
        start,
        [row for row in rows if isinstance(row, Comparison)],
        settings.reward,
        seed=given["seed"],
        work=given["work"],
        folder=given["adapter"],
        ranked=[(item.prompt, item.completions) for item in rankings],
        base_name=given.get("base_name"),
        on_step=given.get("on_step", silent),
        say=given.get("say", silent),
    )


def train_reward(
    start: LoadedModel,
    comparisons: Sequence[Comparison],
    settings: RewardSpec,
    *,
    seed: int,
    work: Path,
    folder: Path,
    ranked: Sequence[Ranked] = (),
    base_name: str | None = None,
    on_step: OnStep = lambda step, of, loss: None,
    say: Say = lambda text: None,
) -> RewardSummary:
    """Trains a reward model on comparisons and rankings, and writes it to `folder` in PEFT's form.

    `RewardModel.load(folder)` reads it. Beside adapter and head stand `heads.safetensors`, the ensemble; `reward.json`,
    the summary returned; and `rejected.jsonl`, the rows left out. `work` holds the checkpoints: called again after a
    kill with the same arguments, training goes on from the last whole one and ends in the same bytes. `start.model` is
    changed (its decoder is wrapped). Raises UserError where nothing can be trained on, the architecture has no reward
    model, the preflight fails, or the adapter's target modules are not in the model.
    """
    rankings, left = read_rankings(
        comparisons,
        ranked,
        start.tokenizer,
        settings.max_length,
        end_ids(start.model, start.tokenizer),
        positions_of(start.model),
    )
    trained_on, held_out = split_prompts(rankings, settings.heldout, seed)
    for reason, count in Counter(item.reason for item in left).items():
        say(f"{count} rows are left out: {reason}")
    if base_name is not None:
        start.model.config._name_or_path = base_name
    model = as_reward_model(start.model, start.tokenizer, seed=seed)
    if (note := told_soft([item.sure for item in trained_on])) is not None:
        say(note)
    if (note := unread_end(trained_on, start.tokenizer.pad_token_id)) is not None:
        say(note)
    trainer, checks = _prepare(start, model, trained_on, settings, seed, work / "checkpoints", say)
    parameters = trainable_parameters(trainer)
    watch = CheckpointCallback(None, settings.checkpoint_every, on_step)
    trainer.add_callback(watch)
    train_on(trainer, watch, work / "checkpoints", say)
    save_adapter(trainer.model, start.tokenizer, folder)

    merged = trainer.accelerator.unwrap_model(trainer.model).merge_and_unload()  # as the loader has it
    head = merged.score.weight.detach().float().cpu()[0].numpy()
    merged.score.to(merged.dtype)
    scorer = RewardScorer(merged, say)
    fitted = _states(scorer, trained_on)
    differences = [_differences(item, states) for item, states in zip(trained_on, fitted, strict=True)]
    sure = [item.sure for item in trained_on]
    heads = fit_heads(differences, head, settings.heads, seed, sure) if settings.heads else None
    kept = {"trained": torch.from_numpy(head)} | ({} if heads is None else {"heads": torch.from_numpy(heads)})
    held = _states(scorer, held_out)
    measured = measure_heldout(held_out, [(states @ head).tolist() for states in held]) if held_out else None
    told = [_differences(item, states) for item, states in zip(held_out, held, strict=True)] or differences
    summary = RewardSummary(
        base=str(Path(start.ref.base).resolve()) if Path(start.ref.base).is_dir() else start.ref.base,
        base_adapters=tuple(
            os.path.relpath(Path(adapter).resolve(), folder.resolve()) for adapter in start.ref.adapters
        ),
        precision=start.precision,
        device=str(start.model.device),
        given=len(comparisons) + len(ranked),
        trained=len(trained_on),
        left_out=dict(Counter(item.reason for item in left)),
        soft=len(soft(sure)),
        steps=trainer.state.global_step,
        epochs=float(trainer.state.epoch or 0.0),
        trainable_parameters=parameters,
        preflight=tuple(checks),
        curve=tuple(_curve(trainer.state.log_history)),
        heldout=measured,
        heads=settings.heads,
        heads_sd=_heads_sd(heads, told),
    )
    if is_first():
        write_atomic(folder / REWARD_HEADS, save(kept))
        write_atomic(folder / FileName.REJECTED, to_jsonl(left))
        write_atomic(folder / REWARD_SUMMARY, summary.to_json() + "\n")
    return summary


def _prepare(
    start: LoadedModel,
    model: Any,
    rankings: Sequence[TokenRanking],
    settings: RewardSpec,
    seed: int,
    checkpoints: Path,
    say: Say,
) -> tuple[Any, list[PreflightCheck]]:
    """A trainer that is ready to train, and what the preflight found."""
    some = rankings[:PREFLIGHT_ROWS]
    pairs = all(len(item.ids) == 2 for item in rankings)
    by_side = zip(*(item.ids for item in some), strict=True) if pairs else (item.ids for item in some)
    plain = plain_rewards(model, [ids for group in by_side for ids in group])
    share = settings.share_prefixes
    obstacle = why_plain(share, lambda: why_not(model, REWARDS), start.model.device, "a reward model")
    model.score.float()  # in bf16 the head's steps would be rounded away
    trainer = _trainer(start, model, rankings, settings, seed, checkpoints, pairs=pairs)
    demand_as_asked(trainer)
    trainer.shares, trainer.share = obstacle is None, share
    trainer.remove_callback(PrinterCallback)
    batch = trainer.data_collator([trainer.train_dataset[i] for i in range(len(some))])
    inputs = {name: batch[name].to(start.model.device) for name in ("input_ids", "attention_mask")}
    checks = preflight(trainer, inputs, plain, start.precision)
    checks.append(path_taken(trainer, share, obstacle, inputs))
    tell(checks, say)
    demand(checks)
    return trainer, checks


def _trainer(
    start: LoadedModel,
    model: Any,
    rankings: Sequence[TokenRanking],
    settings: RewardSpec,
    seed: int,
    checkpoints: Path,
    *,
    pairs: bool,
) -> Any:
    from datasets import Dataset
    from datasets.utils import logging as datasets_logging
    from trl import RewardConfig
    from trl.trainer.utils import disable_dropout_in_model

    from .shared import RankingRewardTrainer, SharedPrefixRewardTrainer

    logging.set_verbosity_error()
    datasets_logging.disable_progress_bar()
    ids = [[list(each) for each in item.ids] for item in rankings]
    rows: list[dict[str, Any]] = [
        {"chosen_ids": some[0], "rejected_ids": some[1]} if pairs else {"ranked_ids": some} for some in ids
    ]
    if any(item.sure != 1 for item in rankings):
        rows = [{**row, SURE: item.sure} for row, item in zip(rows, rankings, strict=True)]
    disable_dropout_in_model(model)  # the decoder's; the adapter's is a setting
    config = RewardConfig(
        **arguments(start, settings, seed, checkpoints),
        center_rewards_coefficient=settings.center or None,
        disable_dropout=False,
    )
    with target_modules_fit(settings.lora, "training.reward.lora"):
        trainer = (SharedPrefixRewardTrainer if pairs else RankingRewardTrainer)(
            model,
            args=config,
            train_dataset=Dataset.from_list(rows),
            processing_class=start.tokenizer,
            peft_config=lora_config(settings.lora, model, "SEQ_CLS", ["score"]),
        )
    trainer.data_collator = WithSure(trainer.data_collator)
    return trainer


def _states(scorer: RewardScorer, rankings: Sequence[TokenRanking]) -> list[Any]:
    """The hidden states that the rewards are read from, one array of shape (answers, d) a ranking."""
    found = scorer.states([item.before for item in rankings], [item.answers for item in rankings])
    return [torch.stack(states).numpy() for states in found]


def _differences(ranking: TokenRanking, states: Any) -> Any:
    better, worse = zip(*ranking.pairs, strict=True)
    return states[list(better)] - states[list(worse)]


def _heads_sd(heads: Any, differences: Sequence[Any]) -> float | None:
    if heads is None or len(heads) < 2:
        return None
    return float(np.std(np.concatenate(differences) @ heads.T, axis=1, ddof=1).mean())


def _curve(history: Sequence[dict[str, Any]]) -> list[RewardStep]:
    return [
        RewardStep(
            step=int(row["step"]),
            loss=float(row["loss"]),
            accuracy=float(row["accuracy"]),
            margin=float(row["margin"]),
            grad_norm=float(row["grad_norm"]),
            learning_rate=float(row["learning_rate"]),
        )
        for row in history
        if "loss" in row
    ]
