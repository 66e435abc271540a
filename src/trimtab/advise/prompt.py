"""Whether a system message is to be tried before training, and what would have to be true for training to pay."""

import re
from math import ceil

from ..records import Case, PromptFirst
from ..scorers import STYLE_SCORERS
from ..spec import Spec, proposed_system
from . import sources

LETTERS = 4
"""Letters of a token of English prose, about: enough to count a message of some dozens of tokens."""
REQUESTS = 1_000
"""Requests a day that saved tokens are told for where nobody has said how many there are."""
_SHARE = 0.5
"""Share of a rubric's weight, or of the gates that ask for a change, from which a goal is one of manner."""
_MANNER = re.compile(
    r"\b(?:brief|briefly|short|shorter|concise|concisely|terse|long|longer|length|verbose|words|sentences?|paragraphs?"
    r"|tone|style|voice|manner|formal|formally|informal|casual|friendly|warm|warmly|polite|politely|plain|plainly"
    r"|simple|simply|format|formatted|bullets?|bulleted|lists?|markdown|json|headings?|emojis?|jargon)\b",
    re.IGNORECASE,
)


def of_manner(goal: str) -> bool:
    """Whether a goal's words are about how a model speaks."""
    return _MANNER.search(goal) is not None


def manner_of(spec: Spec) -> bool:
    """Whether a spec's goal is one of manner: by what its rubrics pay for and what its gates ask to change.

    Only where it has neither do the words of its goal decide.
    """
    paid = [each for one in spec.feedback.sources if one.sample is not None for each in one.sample.rubric]
    asked = [gate.metric for gate in spec.gates if gate.limit[0] != "no_worse_by" and gate.metric != "kl.per_token"]
    weights = [(each.weight, _of_style(each.scorer.name)) for each in paid]
    gates = [(1.0, metric.startswith("style.")) for metric in asked]
    if not weights and not gates:
        return of_manner(spec.goal)
    return any(some and _own(some) >= _SHARE for some in (weights, gates))


def prompt_first(case: Case) -> PromptFirst | None:
    """The advice to try a prompt first; None where the goal is not known, or is not one of manner."""
    if case.goal is None or not case.manner:
        return None
    system = case.system or proposed_system(case.goal)
    tokens, daily = ceil(len(system) / LETTERS), case.requests or REQUESTS
    saved = tokens * daily
    return PromptFirst(
        system=system,
        tokens=tokens,
        fact="the goal is how the model speaks, which it can be asked for: measure that before training, as `baseline`",
        source=sources.ASKELL_PROMPT,
        would_pay=(
            "users may not see the prompt, or argue it away: what is trained is not in the conversation",
            f"its about {tokens} tokens weigh: at {daily:,} requests a day training saves {saved:,} a day, "
            f"{saved * 365 / 1e6:,.1f} million a year",
            "there is a rule that the prompt does not hold: the baseline's figures show it, and a gate asks for more "
            "(`better_than: baseline`)",
        ),
    )


def _own(weighed: list[tuple[float, bool]]) -> float:
    """The share of the weight that is on manner."""
    return sum(weight for weight, own in weighed if own) / sum(weight for weight, _ in weighed)


def _of_style(name: str) -> bool:
    return name != "on_topic" and any(name == scorer.name for scorer in STYLE_SCORERS)
