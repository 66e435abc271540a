"""A run's models, asked: what the policy's implicit reward pays for a refusal, and what the reward model pays for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...diagnose import ImplicitReward, built_in, probe, refusal
from ...records import Finding, Message
from ...spec import LoadedSpec
from ...stats import mean_interval
from ...store import ADAPTER, REWARD_FOLDER, Run, Stage, StageName, round_name
from ..progress import Progress
from ..publish import adapter_stage
from ..stages import start_ref

if TYPE_CHECKING:
    from ...models import LoadedModel, Precision

ITEMS = 40
"""Harmless prompts that are asked: a mean over them is known to a sixth of its spread."""


@dataclass(frozen=True)
class Probed:
    """What the run's models were found to pay for; None where the method has no such model."""

    implicit: ImplicitReward | None
    reward: tuple[Finding, ...] | None


def load_reference(run: Run, loaded: LoadedSpec, progress: Progress) -> "LoadedModel":
    """What the last training started from: the round before, the fine-tuning before, what regions share, the start."""
    last = _rounds(run)
    before = run.current(StageName.SFT) or run.current(StageName.SHARED)
    before = run.current(round_name(StageName.TRAIN, last - 1)) if last > 1 else before
    return _load(run, loaded, before, progress)


def probe_models(
    run: Run, loaded: LoadedSpec, reference: "LoadedModel", refusals: Sequence[str], progress: Progress
) -> Probed:
    """Loads the run's models one after another and asks each.

    `refusals` are what harmless prompts' helpful answers are set against.
    """
    from ...models import RewardModel

    implicit = None
    if loaded.spec.training.method_row.implicit_reward:
        before = _summed(reference, refusals, progress)
        trained = _load(run, loaded, adapter_stage(run), progress)
        implicit = _implicit(_summed(trained, refusals, progress), before, loaded.spec.training.beta)
    rewards = run.current(round_name(StageName.REWARD, _rounds(run)))
    found = None
    if rewards is not None:
        folder = str(rewards.folder / REWARD_FOLDER)
        found = tuple(probe(RewardModel.load(folder, _precision(run, loaded), progress.say)))
    return Probed(implicit, found)


def _rounds(run: Run) -> int:
    return int(run.info.spec.get("rounds", 1))


def _precision(run: Run, loaded: LoadedSpec) -> "Precision":
    from ...models import best_precision

    known = run.info.resolved.get("precision")
    return best_precision(loaded.spec.model.precision) if known is None else "bf16" if known == "bf16" else "fp32"


def _load(run: Run, loaded: LoadedSpec, trained: Stage | None, progress: Progress) -> "LoadedModel":
    from ...models import ModelRef, load

    ref = start_ref(loaded)
    adapters = (str(trained.folder / ADAPTER),) if trained is not None else ()
    return load(ModelRef(ref.base, (*ref.adapters, *adapters)), _precision(run, loaded), progress.say)


def _summed(model: "LoadedModel", refusals: Sequence[str], progress: Progress) -> list[tuple[float, float]]:
    """The log-probability of the helpful answer and of the refusal to each built-in prompt, their ends included."""
    from ...models import prompt_ids
    from ...sharing import Scorer

    items, tokenizer = built_in()[:ITEMS], model.tokenizer

    def ids(text: str) -> list[int]:
        found: Any = tokenizer(text, add_special_tokens=False)["input_ids"]
        return [*found, tokenizer.eos_token_id]

    asked = [prompt_ids(tokenizer, (Message(role="user", content=item.prompt),)) for item in items]
    said = [[ids(item.answer), ids(refusal(item.answer, place, refusals))] for place, item in enumerate(items)]
    return [(sum(helps), sum(refuses)) for helps, refuses in Scorer(model.model, progress.say)(asked, said)]


def _implicit(trained: list[tuple[float, float]], reference: list[tuple[float, float]], beta: float) -> ImplicitReward:
    paid = [
        beta * ((refuses - ref_refuses) - (helps - ref_helps))
        for (helps, refuses), (ref_helps, ref_refuses) in zip(trained, reference, strict=True)
    ]
    return ImplicitReward(mean_interval(paid, rate=False), mean_interval([float(x > 0) for x in paid], rate=True))
