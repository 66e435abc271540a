"""KL: how far a model has come from the one that its training started from, over its own held-out answers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...metrics import Metric
from ...records import Answer, Prompt, Score
from ..values import unjudged_of, values_of
from .base import Benchmark, Measured
from .heldout import HELDOUT

if TYPE_CHECKING:
    from ...models import LoadedModel

METRIC = Metric(
    "kl.per_token",
    "KL from the start",
    "nats a token",
    "neither",
    "heldout",
    "KL divergence of the model from the one training started from, over the whole vocabulary, "
    "averaged over the tokens of its own answers.",
)


def choose(loaded: "LoadedModel", said: Sequence[tuple[Prompt, Answer]], start: "LoadedModel") -> list[Score]:
    """The divergence over each answer, in nats a token; a model diverges from itself by nothing."""
    from ...models import prompt_ids
    from ...sharing import Scorer, divergence

    if loaded is start:
        return [Score(scorer="kl", value=0.0) for _ in said]
    tokenizer = start.tokenizer
    prompts = [prompt_ids(tokenizer, prompt.messages) for prompt, _ in said]
    answers = [
        tokenizer(answer.text, add_special_tokens=False)["input_ids"]
        + ([tokenizer.eos_token_id] if answer.ended else [])
        for _, answer in said
    ]
    found = divergence(loaded.model, start.model, prompts, answers, shares=Scorer(loaded.model).shares)
    return [Score(scorer="kl", value=value) for value in found]


def measured(items: Sequence[Prompt], scores: Sequence[Score]) -> list[Measured]:
    """The divergences, answer by answer."""
    ids, kinds = tuple(item.id for item in items), tuple(item.kind for item in items)
    scored = {METRIC.name: scores}
    return [Measured("heldout", ids, kinds, values_of(scored), unjudged=unjudged_of(scored))]


KL = Benchmark(
    name="kl",
    summary="how far a trained model has come from its start, over its own held-out answers",
    read=HELDOUT.read,
    prompts=list,
    measured=measured,
    version="1",
    metrics=(METRIC,),
    way="divergence",
    choose=choose,
    of=HELDOUT.name,
)
