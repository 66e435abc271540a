"""A run's models, asked: what the policy's implicit reward pays for a refusal, and what the reward model pays for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..diagnose import ImplicitReward, built_in, probe, refusal
from ..records import Finding, Message
from ..spec import LoadedSpec
from ..stats import mean_interval
from ..store import Run
from .progress import Progress
from .publish import adapter_stage
from .stages import start_ref
from .training import REWARD_STAGE, SFT_STAGE, TRAIN_STAGE, round_name

if TYPE_CHECKING:
    from ..models import LoadedModel, ModelRef, Precision

ITEMS = 40
"""Harmless prompts that are asked: a mean over them is known to a sixth of its spread."""
HAS_IMPLICIT = ("dpo", "kto")
"""Methods whose loss is of an implicit reward, beta log(pi / pi_ref)."""


@dataclass(frozen=True)
class Probed:
    """The start model, and what the others were found to pay for; None where the method has no such model."""

    start: "LoadedModel"
    implicit: ImplicitReward | None
    reward: tuple[Finding, ...] | None


def probe_models(run: Run, loaded: LoadedSpec, method: str, progress: Progress) -> Probed:
    """Loads the run's models one after another and asks each."""
    from ..models import ModelRef, RewardModel, load

    ref, precision = start_ref(loaded), _precision(run, loaded)
    last = int(run.info.spec.get("rounds", 1))
    start = load(ref, precision, progress.say)
    implicit = None
    if method in HAS_IMPLICIT:
        # the reference is what the last training started from: the round before, the fine-tuning before, or the start
        before = run.current(round_name(TRAIN_STAGE, last - 1)) if last > 1 else run.current(SFT_STAGE)
        adapters = (str(before.folder / "adapter"),) if before is not None else ()
        reference = _summed(start if not adapters else _load(ref, adapters, precision, progress), progress)
        trained = load(
            ModelRef(ref.base, (*ref.adapters, str(adapter_stage(run).folder / "adapter"))), precision, progress.say
        )
        implicit = _implicit(_summed(trained, progress), reference, loaded.spec.training.beta)
    rewards = run.current(round_name(REWARD_STAGE, last))
    found = None
    if rewards is not None:
        found = tuple(probe(RewardModel.load(str(rewards.folder / "reward"), precision, progress.say)))
    return Probed(start, implicit, found)


def _precision(run: Run, loaded: LoadedSpec) -> "Precision":
    from ..models import best_precision

    known = run.info.resolved.get("precision")
    return best_precision(loaded.spec.model.precision) if known is None else "bf16" if known == "bf16" else "fp32"


def _load(ref: "ModelRef", adapters: tuple[str, ...], precision: "Precision", progress: Progress) -> "LoadedModel":
    from ..models import ModelRef, load

    return load(ModelRef(ref.base, (*ref.adapters, *adapters)), precision, progress.say)


def _summed(model: "LoadedModel", progress: Progress) -> list[tuple[float, float]]:
    """The log-probability of the helpful answer and of the refusal to each built-in prompt, their ends included."""
    from ..models import prompt_ids
    from ..sharing import Scorer

    items, tokenizer = built_in()[:ITEMS], model.tokenizer

    def ids(text: str) -> list[int]:
        found: Any = tokenizer(text, add_special_tokens=False)["input_ids"]
        return [*found, tokenizer.eos_token_id]

    asked = [prompt_ids(tokenizer, (Message(role="user", content=item.prompt),)) for item in items]
    said = [[ids(item.answer), ids(refusal(item.answer, place))] for place, item in enumerate(items)]
    return [(sum(helps), sum(refuses)) for helps, refuses in Scorer(model.model, progress.say)(asked, said)]


def _implicit(trained: list[tuple[float, float]], reference: list[tuple[float, float]], beta: float) -> ImplicitReward:
    paid = [
        beta * ((refuses - ref_refuses) - (helps - ref_helps))
        for (helps, refuses), (ref_helps, ref_refuses) in zip(trained, reference, strict=True)
    ]
    mean = mean_interval(paid, rate=False)
    share = sum(value > 0 for value in paid) / len(paid)
    return ImplicitReward(mean.n, mean.estimate, mean.low, mean.high, share)
