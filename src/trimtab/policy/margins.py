"""How clearly an answer keeps or breaks a rule: how far its checks' scorers lie from where they would say otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..records import Check, Policy, Rule, Score
from ..scorers import Opened, Row
from .rules import RuleScorer, check_scores


@dataclass(frozen=True)
class Margin:
    """Whether an answer breaks a rule, None where its checks could not judge it, `why` saying so. `by` is how far the
    check that decides lies from its threshold: 0 on it, 1 as far as a scale of 0 to 1 goes, and for a pattern."""

    broken: bool | None
    by: float
    why: str = ""


def margins(policy: Policy, rule: Rule, rows: Sequence[Row], opened: Opened | None = None) -> list[Margin | None]:
    """Of each row; None where the rule, or none of its scorers, is about it. Raises UserError as rules' scorers do."""
    scores = RuleScorer(policy, rule, opened or {})(rows)
    words = [check for check in rule.checks if check.scorer is None]
    by_words = RuleScorer(policy, rule.model_copy(update={"checks": tuple(words)}), {})(rows)
    checked = [(check, check_scores(check, rows, opened or {})) for check in rule.checks if check.scorer is not None]
    return [
        _margin(score, by_words[place].value == 1.0, [(check, found[place]) for check, found in checked])
        if score.applies
        else None
        for place, score in enumerate(scores)
    ]


def _margin(score: Score, by_words: bool, checked: Sequence[tuple[Check, Score]]) -> Margin:
    if score.value is None:
        return Margin(None, 0.0, score.reason)
    distances = [_distance(check, found.value) for check, found in checked if found.value is not None]
    if score.value == 1.0:
        return Margin(True, 1.0 if by_words else max((each for each in distances if each >= 0), default=1.0))
    return Margin(False, min((-each for each in distances if each < 0), default=1.0))


def _distance(check: Check, value: float) -> float:
    """From the threshold, at least 0 where the check fires: on a scale from 0 to 1 as a share of the way to its end,
    else of both figures together."""
    line = check.at_least if check.at_least is not None else check.at_most or 0.0
    beyond = value - line if check.at_least is not None else line - value
    share = 0 <= value <= 1 and 0 <= line <= 1
    way = (1 - line if value > line else line) if share else abs(value) + abs(line)
    return beyond / way if way else 0.0
