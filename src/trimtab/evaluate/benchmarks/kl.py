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
    """The divergence over each answer, in nats a token; a model diverges from itself by nothing.

    Both are asked with the tokens of the trained model. What was not answered diverges by no figure, nor does anything
    where the two have other tokens.
    """
    from ...models import prompt_ids
    from ...sharing import Scorer, divergence

    tokenizer, told = loaded.tokenizer, [Score(scorer="kl", value=None, reason=answer.why) for _, answer in said]
    answered = [place for place, (_, answer) in enumerate(said) if not answer.withheld]
    if loaded is start:
        found = [0.0] * len(answered)
    elif tokenizer.get_vocab() != start.tokenizer.get_vocab():
        return [score.model_copy(update={"reason": "the two models do not read the same tokens"}) for score in told]
    else:
        prompts = [prompt_ids(tokenizer, said[place][0].messages) for place in answered]
        answers = [
            tokenizer(said[place][1].text, add_special_tokens=False)["input_ids"]
            + ([tokenizer.eos_token_id] if said[place][1].ended else [])
            for place in answered
        ]
        found = divergence(loaded.model, start.model, prompts, answers, shares=Scorer(loaded.model).shares)
    for place, value in zip(answered, found, strict=True):
        told[place] = Score(scorer="kl", value=value)
    return told


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
