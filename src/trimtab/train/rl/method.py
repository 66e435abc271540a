"""On-policy RL as a method of training: called like the others, on prompts, with what rewards their answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Unpack

from ...errors import UserError
from ...models import ROWS, LoadedModel, end_ids
from ...records import Prompt, TrainingSummary
from ...spec import RLSpec, TrainingSpec
from ..common import Given, Prepared, Preparing, Say, silent
from ..goodhart.answers import Rollouts
from ..rewards import Term
from .train import prepare_rl, train_rl


@dataclass(frozen=True)
class Opened:
    """The terms that add up to the reward, and the independent measure, if there is one."""

    terms: Sequence[Term]
    gold: Term | None


class RewardSource(Protocol):
    """Whoever knows how to open what a spec names as rewards; `rows` answers are decoded at once."""

    rows: int

    def open(self, rl: RLSpec, say: Say) -> Opened:
        """Loads what the settings name."""
        ...


def prepare_rlhf(
    start: LoadedModel, prompts: Sequence[Prompt], settings: TrainingSpec, **given: Unpack[Preparing]
) -> Prepared:
    """The trainer and its preflight, for which it is no matter what is rewarded. `start.model` is changed."""
    ends = end_ids(start.model, start.tokenizer)
    rollouts = Rollouts(ends, ROWS, given["seed"], settings.rl.max_new_tokens)
    nothing = Term("nothing", 1.0, lambda answers: [0.0] * len(answers))
    return prepare_rl(start, prompts, settings, [nothing], rollouts, **given)


def train_rlhf(
    start: LoadedModel,
    prompts: Sequence[Prompt],
    settings: TrainingSpec,
    *,
    rewards: RewardSource,
    **given: Unpack[Given],
) -> TrainingSummary:
    """On-policy RL by `settings.rl` on prompts, of which some are only watched; resumes and raises as `train_rl`."""
    say = given.get("say", silent)
    watched, trained_on = split_watched(prompts, settings.rl.watch_prompts)
    opened = rewards.open(settings.rl, say)
    return train_rl(
        start,
        trained_on,
        watched,
        settings,
        opened.terms,
        opened.gold,
        seed=given["seed"],
        rows=rewards.rows,
        work=given["work"],
        adapter=given["adapter"],
        base_name=given.get("base_name"),
        on_step=given.get("on_step", silent),
        say=say,
    )


def split_watched(prompts: Sequence[Prompt], count: int) -> tuple[list[Prompt], list[Prompt]]:
    """`count` prompts spread evenly over the file, only to be watched, and the rest. Raises UserError for too few."""
    if len(prompts) <= count:
        raise UserError(
            f"There are {len(prompts)} training prompts, and training.rl.watch_prompts is {count}.",
            "None is left to train on: watched prompts are kept out of training.",
            "Give more prompts, or lower training.rl.watch_prompts.",
        )
    watched = {i * len(prompts) // count for i in range(count)}
    return (
        [prompt for i, prompt in enumerate(prompts) if i in watched],
        [prompt for i, prompt in enumerate(prompts) if i not in watched],
    )
