"""The facts test: which of four answers does the model find likeliest after a plain question?

The question is asked as `Question: … Answer:` without the chat template, as knowledge is measured on base models, so
that the test hears what the model knows and not how it has learned to greet.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..records import Fact
from .multiple_choice import option_logps

if TYPE_CHECKING:
    from ..models import LoadedModel
    from ..sharing import Scorer

TEMPLATE = "Question: {question}\nAnswer:"
"""Part of the evaluation's fingerprint."""


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
