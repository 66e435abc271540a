"""The facts test: which of four answers does the model find likeliest after a plain question?

The question is asked as `Question: … Answer:` without the chat template, as knowledge is measured on base models, so
that the test hears what the model knows and not how it has learned to greet.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...data import read_facts
from ...metrics import Metric
from ...records import Fact, Message, Prompt, Score
from ..multiple_choice import option_logps
from .base import Benchmark, Measured, whys

if TYPE_CHECKING:
    from ...models import LoadedModel
    from ...sharing import Scorer

TEMPLATE = "Question: {question}\nAnswer:"
METRIC = Metric(
    "facts.accuracy",
    "Facts right",
    "share",
    "higher",
    "facts",
    "Share of multiple-choice facts whose right answer has the highest log-probability per character.",
    rate=True,
)


def facts_right(loaded: "LoadedModel", facts: Sequence[Fact], *, scorer: "Scorer | None" = None) -> list[float]:
    """1.0 where the right option has the highest log-probability per character, else 0.0 (ties count as wrong).

    Per character, because summed log-probability favours the option with the fewest tokens.
    """
    contexts = [TEMPLATE.format(question=fact.question) for fact in facts]
    options = [(fact.right, *fact.wrong) for fact in facts]
    scored = option_logps(loaded, contexts, [[f" {option}" for option in four] for four in options], scorer=scorer)
    right = []
    for four, tokens in zip(options, scored, strict=True):
        scores = [math.fsum(logps) / len(option) for option, logps in zip(four, tokens, strict=True)]
        right.append(float(scores[0] > max(scores[1:])))
    return right


def choose(loaded: "LoadedModel", items: Sequence[Fact], scorer: "Scorer") -> list[Score]:
    """Whether each fact is right."""
    return [Score(scorer="facts", value=value) for value in facts_right(loaded, items, scorer=scorer)]


def prompts(items: Sequence[Fact]) -> list[Prompt]:
    """The questions."""
    return [Prompt(id=i.id, kind=i.topic, messages=(Message(role="user", content=i.question),)) for i in items]


def measured(items: Sequence[Fact], scores: Sequence[Score]) -> list[Measured]:
    """Right or wrong, fact by fact."""
    ids, kinds = tuple(item.id for item in items), tuple(item.topic for item in items)
    return [Measured("facts", ids, kinds, {METRIC.name: [score.value for score in scores]}, whys(scores, METRIC.name))]


FACTS = Benchmark(
    name="facts",
    summary="knowledge: which of four answers to a plain question is likeliest a character",
    read=lambda source: read_facts(Path(str(source))),
    prompts=prompts,
    measured=measured,
    version=f"{TEMPLATE!r}, log-probability per character",
    metrics=(METRIC,),
    way="options",
    choose=choose,
)
