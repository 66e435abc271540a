"""On-policy trainers of TRL's whose rollouts and log-probabilities share prefixes.

TRL decides what is learned (baselines, clipping, KL, losses, metrics). Here answers come from trimtab's sampler, each
from a random stream of its own, so that a resumed run draws the same ones; and log-probabilities are computed pack by
pack, a prompt once for all of its answers.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from accelerate.utils import DistributedType
from peft.tuners.tuners_utils import BaseTunerLayer
from torch import Tensor
from trl import GRPOTrainer, RLOOTrainer

from ...models import Decoding, answer_ids
from ...models import prompt_ids as ids_of_prompt
from ...records import Message
from ...sharing import pack, pack_tokens, unwrapped
from ..goodhart.answers import Rollouts
from ..prefix_sharing import share_prefixes
from ..rehearsal import Rehearsing

PACK_TOKENS = 768
"""Tokens of a pack on a CPU: a forest's mask grows with their square, and products are at full rate from here."""
KL_STEP = 0.1
"""Of the adaptive KL: how much beta moves for a KL that is off by its target (Ziegler et al. 2019, section 2.2)."""
KL_CLIP = 0.2
"""By how much of its target the KL may seem to be off in one step."""


@dataclass(frozen=True)
class _Pass:
    """The policy's pass over a sample, at a step, whose graph is still there."""

    step: int
    input_ids: Tensor
    attention_mask: Tensor
    found: dict[str, Tensor]

    def places(self, step: int, input_ids: Tensor, attention_mask: Tensor) -> Tensor | None:
        """Where each row, which TRL shuffles, stands in this pass, shape (rows,); None where it is not of this pass."""
        if step != self.step or input_ids.shape != self.input_ids.shape:
            return None
        same = (input_ids[:, None] == self.input_ids).all(2) & (attention_mask[:, None] == self.attention_mask).all(2)
        return same.int().argmax(1) if bool(same.any(1).all()) else None


class OnPolicy(Rehearsing):
    """Put before GRPOTrainer or RLOOTrainer among a class's bases; give `rollouts`, and `shares` as for DPO.

    `kl_target`, in nats an answer, makes beta adapt; None leaves it. The policy samples at temperature 1, so that the
    log-probabilities that are trained on are those that were sampled from.
    """

    def __init__(
        self,
        *args: Any,
        rollouts: Rollouts,
        shares: bool = True,
        kl_target: float | None = None,
        states: bool = False,
        **kwargs: Any,
    ) -> None:
        self.shares, self.rollouts, self.kl_target = shares, rollouts, kl_target
        self._length = 0.0  # mean tokens of the last sample's answers
        self._kept: _Pass | None = None
        super().__init__(*args, **kwargs)
        inner = unwrapped(self._any.accelerator.unwrap_model(self._any.model))
        share_prefixes(inner, lambda: self.shares, nullcontext, details=["entropy"], states=states)

    @property
    def _any(self) -> Any:
        return self

    def _tokenize_prompts(self, prompts: Sequence[Any]) -> Any:
        """As everywhere else: TRL passes a prompt's own tools to no template."""
        trainer = self._any
        own = not any(getattr(trainer, name, None) for name in ("tools", "chat_template", "chat_template_kwargs"))
        if not own or isinstance(prompts[0], str):
            return super()._tokenize_prompts(prompts)  # type: ignore[misc]
        asked = [[Message.model_validate(message) for message in prompt] for prompt in prompts]
        return [ids_of_prompt(trainer.processing_class, messages) for messages in asked], None, {}

    def sample(self, prompt_ids: Sequence[Sequence[int]]) -> list[list[int]]:
        """An answer's tokens for each row; rows of one prompt stand together and share its computation."""
        trainer = self._any
        own = self.rollouts
        runs = _runs(prompt_ids)
        samples = len(prompt_ids) // len(runs)
        if any(len(run) != samples for run in runs):
            runs, samples = [[row] for row in range(len(prompt_ids))], 1
        first = trainer.accelerator.process_index * len(prompt_ids)
        names = [f"rollout/{trainer.state.global_step}/{first + row}" for run in runs for row in run]
        decoding = Decoding(max_new_tokens=own.max_new_tokens, temperature=1.0)
        model = trainer.accelerator.unwrap_model(trainer.model)
        training = model.training
        model.eval()
        try:
            made = answer_ids(
                model,
                [list(prompt_ids[run[0]]) for run in runs],
                names,
                samples=samples,
                decoding=decoding,
                ends=own.ends,
                seed=own.seed,
                rows=own.rows,
            )
        finally:
            model.train(training)
        return [answer for answers in made for answer in answers]

    def _get_per_token_logps_and_entropies(
        self,
        model: Any,
        input_ids: Tensor,
        attention_mask: Tensor,
        logits_to_keep: int,
        batch_size: int | None = None,
        compute_entropy: bool = False,
        **_: Any,
    ) -> tuple[Tensor, Tensor | None, None]:
        """As TRL's, but by packs of whole prompts; `batch_size` bounds nothing here, PACK_TOKENS does."""
        found = self.read(model, input_ids, attention_mask, logits_to_keep)
        return found["log_probs"], found["entropy"] if compute_entropy else None, None

    def read(
        self, model: Any, input_ids: Tensor, attention_mask: Tensor, keep: int, fields: Sequence[str] = ()
    ) -> dict[str, Tensor]:
        """`forward_packs`, but the policy reads a sample once: the pass that tells its old log-probabilities is made
        with its gradient, and is the first step's own pass too, since the policy has not moved in between."""
        step, rows = self._any.state.global_step, (input_ids, attention_mask)
        if torch.is_grad_enabled():
            kept, self._kept = self._kept, None
            places = kept.places(step, *rows) if kept is not None else None
            if kept is not None and places is not None:
                return {name: values[places] for name, values in kept.found.items()}
        elif self._reads_once():
            with torch.enable_grad():
                found = self.forward_packs(model, *rows, keep, fields)
            self._kept = _Pass(step, *rows, found)
            return {name: values.detach() for name, values in found.items()}
        return self.forward_packs(model, *rows, keep, fields)

    def _reads_once(self) -> bool:
        """Whether a pass of now is the next step's: the adapter is on (else it is the reference's), nothing is dropped
        at random, and no wrapper of several processes has to see the step's own pass."""
        trainer = self._any
        model = trainer.accelerator.unwrap_model(trainer.model)
        return (
            trainer.accelerator.distributed_type == DistributedType.NO
            and not any(layer.disable_adapters for layer in model.modules() if isinstance(layer, BaseTunerLayer))
            and not any(layer.p for layer in model.modules() if isinstance(layer, torch.nn.Dropout))
            and not getattr(model.config.get_text_config(), "attention_dropout", 0.0)
        )

    def forward_packs(
        self, model: Any, input_ids: Tensor, attention_mask: Tensor, keep: int, fields: Sequence[str] = ()
    ) -> dict[str, Tensor]:
        """Log-probabilities and entropies (nats) of the last `keep` columns, (rows, keep), and other `fields` of the
        model's fused output, in the rows' order; without what it does not give, as it is asked of no reference."""
        width = input_ids.shape[1] - keep
        groups: dict[tuple[int, ...], list[int]] = {}
        for row, (ids, seen) in enumerate(
            zip(input_ids[:, :width].tolist(), attention_mask[:, :width].tolist(), strict=True)
        ):
            prompt = tuple(token for token, here in zip(ids, seen, strict=True) if here)
            groups.setdefault(prompt, []).append(row)
        lengths = attention_mask[:, width:].sum(1).tolist()
        members = list(groups.values())
        sizes = [
            len(prompt) + sum(int(lengths[row]) for row in rows) for prompt, rows in zip(groups, members, strict=True)
        ]
        labels = input_ids.masked_fill(attention_mask == 0, -100)
        labels[:, :width] = -100
        order: list[int] = []
        parts: dict[str, list[Tensor]] = {name: [] for name in ("log_probs", "entropy", *fields)}
        for group in pack(sizes, PACK_TOKENS if input_ids.device.type == "cpu" else pack_tokens(input_ids.device)):
            rows = [row for place in group for row in members[place]]
            order += rows
            with self._any.accelerator.autocast():
                output = model(
                    input_ids=input_ids[rows],
                    attention_mask=attention_mask[rows],
                    labels=labels[rows],
                    fused_lm_head=True,
                )
            for name, values in parts.items():
                if (found := getattr(output, name)) is not None:
                    values.append(found[:, -keep:])
        back = torch.tensor(order, device=input_ids.device).argsort()
        return {name: torch.cat(values)[back] for name, values in parts.items() if values}

    def log(self, logs: dict[str, float], *args: Any, **kwargs: Any) -> None:
        """Adds the KL in nats an answer and beta to the step's log, and lets beta adapt."""
        trainer = self._any
        metrics = trainer._metrics["train"]
        if lengths := metrics.get("completions/mean_length"):
            self._length = _mean(lengths)
        if "loss" in logs and (kl := metrics.get("kl")):
            apart = _mean(kl) * self._length
            metrics["answer_kl"].append(apart)
            metrics["beta"].append(trainer.beta)
            if self.kl_target is not None:
                off = max(-KL_CLIP, min(KL_CLIP, apart / self.kl_target - 1))
                trainer.beta *= 1 + KL_STEP * off
        super().log(logs, *args, **kwargs)  # type: ignore[misc]


def _mean(values: Sequence[float]) -> float:
    return float(sum(values) / len(values))


def _runs(rows: Sequence[Sequence[int]]) -> list[list[int]]:
    """Places of rows that are equal and stand together."""
    runs: list[list[int]] = []
    for place, row in enumerate(rows):
        if runs and rows[runs[-1][0]] == row:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


class SharedRLOOTrainer(OnPolicy, RLOOTrainer):  # type: ignore[misc]
    """RLOO (Ahmadian et al. 2024, "Back to Basics", section 2.3) by TRL, over shared prefixes."""

    def _generate_single_turn(self, prompt_ids: Any, images: Any, multimodal_fields: Any) -> list[list[int]]:
        return self.sample(prompt_ids)


class SharedGRPOTrainer(OnPolicy, GRPOTrainer):  # type: ignore[misc]
    """GRPO (Shao et al. 2024, "DeepSeekMath", eq. 3) by TRL, over shared prefixes."""

    def _generate_single_turn(
        self, prompt_ids: Any, images: Any, multimodal_fields: Any, *_: Any, **__: Any
    ) -> tuple[list[list[int]], None]:
        return self.sample(prompt_ids), None
