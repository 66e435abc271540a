"""The facts test: which of four answers does the model find likeliest after a plain question?

The question is asked as `Question: … Answer:` without the chat template, as knowledge is measured on base models, so
that the test hears what the model knows and not how it has learned to greet.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..records import Fact

if TYPE_CHECKING:
    from ..models import LoadedModel

TEMPLATE = "Question: {question}\nAnswer:"
"""Part of the evaluation's fingerprint."""


def facts_right(loaded: "LoadedModel", facts: Sequence[Fact]) -> list[float]:
    """1.0 where the right option has the highest log-probability per character, else 0.0 (ties count as wrong).

    Per character, because summed log-probability favours the option with the fewest tokens.
    """
    from ..models import continuation_logps

    prompts = [_ids(loaded.tokenizer, TEMPLATE.format(question=fact.question), begin=True) for fact in facts]
    options = [(fact.right, *fact.wrong) for fact in facts]
    ids = [[_ids(loaded.tokenizer, f" {option}", begin=False) for option in four] for four in options]
    sums = continuation_logps(loaded.model, prompts, ids)
    right = []
    for four, logps in zip(options, sums, strict=True):
        scores = [logp / len(option) for option, logp in zip(four, logps, strict=True)]
        right.append(float(scores[0] > max(scores[1:])))
    return right


def _ids(tokenizer: Any, text: str, *, begin: bool) -> list[int]:
    return [int(token) for token in tokenizer(text, add_special_tokens=begin)["input_ids"]]
