"""A policy's rules as scorers: 1 where an answer breaks the rule, 0 where it keeps it, with the evidence."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..records import RULE, Better, Check, Policy, Rule, Score, ScorerRef
from ..scorers import FunctionScorer, Opened, Row, find, not_judged, scorer_of, tongue_name, tongue_of
from .applies import applies
from .patterns import RanOver, may_run_over, of_signs, search

_VERSION = "3"
"""Changes whenever the same rules would say something else of the same answers."""
UNCHECKED = "it has no check: a judge or people tell"
"""Why a rule without checks has no value."""
UNVERIFIED = " (unverified)"
"""What is said of a rule whose source nobody is known to have read, wherever it is named."""
_EVIDENCE = 120
"""Characters of an answer that are shown as evidence."""


@dataclass(frozen=True)
class RuleScorer:
    """One rule as a scorer. `opened` holds the scorers of its checks that need a model or a server.

    A score's label is `broken` or `kept`, its reason the evidence. A rule that does not apply to the prompt has no
    value, nor has one that is not seen to be broken where a scorer of its checks could not judge, or where a pattern is
    not found in a prompt or an answer that is in none of the policy's languages. Of a rule without checks nothing is
    known.
    """

    policy: Policy
    rule: Rule
    opened: Opened = field(default_factory=dict)
    unit: str = "share"
    better: Better = "lower"

    @property
    def name(self) -> str:
        """`policy.ID`."""
        return f"{RULE}{self.rule.id}"

    @property
    def title(self) -> str:
        """What tables call it."""
        return f"Rule {self.rule.id} broken{UNVERIFIED if self.rule.unverified else ''}"

    @property
    def version(self) -> str:
        """That of its policy."""
        return policy_version(self.policy, self.opened)

    def __call__(self, rows: Sequence[Row]) -> list[Score]:
        """A score of each row. A check's scorer is called once. Raises UserError where it is not there."""
        return _judge(self.policy, self.rule, rows, self.opened)


def rule_scorers(policy: Policy, opened: Opened | None = None) -> list[RuleScorer]:
    """A scorer for each rule, in their order."""
    return [RuleScorer(policy, rule, opened or {}) for rule in policy.rules]


def judge_policy(policy: Policy, prompt: str, answer: str, opened: Opened | None = None) -> list[Score]:
    """What each rule's scorer says of one answer."""
    return [scorer([(prompt, answer)])[0] for scorer in rule_scorers(policy, opened)]


def policy_version(policy: Policy, opened: Opened | None = None) -> str:
    """Changes with the rules, and with the versions of the scorers that check them, as far as those are opened."""
    made = opened or {}
    asked = [ref for ref in check_scorers(policy) if ref.registered or ref in made]
    versions = {ref.name: scorer_of(ref, made).version for ref in asked}
    plain = json.dumps([_VERSION, policy.model_dump(mode="json"), versions], sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()[:12]


def check_scorers(policy: Policy) -> list[ScorerRef]:
    """The scorers that the rules are checked by, each once."""
    return list(dict.fromkeys(check.scorer for rule in policy.rules for check in rule.checks if check.scorer))


def unasked(policy: Policy) -> Opened:
    """In place of the scorers of its checks that are not offline: none that judges. For readers, who ask no model."""
    silent = Score(scorer="unasked", value=None, reason="no model is asked here")
    refs = (ref for ref in check_scorers(policy) if not ref.registered)
    return {ref: FunctionScorer(ref.name, "", lambda prompt, answer: silent) for ref in refs}


def broken_rules(policy: Policy, rows: Sequence[Row], opened: Opened | None = None) -> list[list[str]]:
    """Of each row the ids of the rules of severity block that the answer breaks."""
    blocking = [rule for rule in policy.rules if rule.severity == "block"]
    judged = [_judge(policy, rule, rows, opened or {}) for rule in blocking]
    return [
        [rule.id for rule, scores in zip(blocking, judged, strict=True) if scores[place].value == 1.0]
        for place in range(len(rows))
    ]


def declines(policy: Policy, prompt: str, answer: str) -> bool:
    """Whether an answer breaks a rule that requires one, as far as checks that are offline can tell."""
    rows, opened = [(prompt, answer)], unasked(policy)
    asked = (rule for rule in policy.rules if rule.requires == "answer")
    return any(_judge(policy, rule, rows, opened)[0].value == 1.0 for rule in asked)


def breaks_checks(policy: Policy, rule: Rule, prompt: str, answer: str) -> Score:
    """What the checks of a rule that are offline say of an answer, whatever prompts the rule is about."""
    rows, opened = [(prompt, answer)], unasked(policy)
    return _score(rule, [_breaks(policy, rule, check, rows, opened)[0] for check in rule.checks])


def check_scores(check: Check, rows: Sequence[Row], opened: Opened) -> list[Score]:
    """What the scorer of a check says of each row. Raises UserError where it is not there."""
    assert check.scorer is not None
    return scorer_of(check.scorer, opened)(rows)


def unchecked(policy: Policy) -> list[str]:
    """The ids of the rules that no check tells of."""
    return [rule.id for rule in policy.rules if not rule.checks]


def unknown_scorers(policy: Policy) -> list[tuple[str, str]]:
    """(rule, scorer) of every check that names a scorer which does not exist."""
    return [
        (rule.id, check.scorer.name)
        for rule in policy.rules
        for check in rule.checks
        if check.scorer is not None and check.scorer.registered and find(check.scorer.name) is None
    ]


def slow_patterns(policy: Policy) -> list[tuple[str, str]]:
    """(rule, pattern) of every pattern that may take longer on some text than it is given; answers that it does are not
    judged."""
    return [
        (rule.id, pattern)
        for rule in policy.rules
        for pattern in rule.patterns
        if may_run_over(policy.spelled(pattern))
    ]


def _judge(policy: Policy, rule: Rule, rows: Sequence[Row], opened: Opened) -> list[Score]:
    left_out = [_of_another_tongue(rule, *row) or _left_out(policy, rule, row[0]) for row in rows]
    about = [row for row, other in zip(rows, left_out, strict=True) if other is None]
    columns = [_breaks(policy, rule, check, about, opened) for check in rule.checks]
    judged = (_score(rule, [column[place] for column in columns]) for place in range(len(about)))
    return [next(judged) if other is None else other for other in left_out]


def _score(rule: Rule, judged: Sequence[tuple[bool | None, str]]) -> Score:
    name = f"{RULE}{rule.id}"
    if not rule.checks:
        return Score(scorer=name, value=None, reason=UNCHECKED)
    broken = [evidence for breaks, evidence in judged if breaks]
    if broken:
        told = f"{rule.severity}: {rule.text}{UNVERIFIED if rule.unverified else ''} ({broken[0]})"
        return Score(scorer=name, value=1.0, label="broken", reason=told)
    open_ = [evidence for breaks, evidence in judged if breaks is None and evidence]
    if open_:
        return Score(scorer=name, value=None, reason="; ".join(open_))
    if all(breaks is None for breaks, _ in judged):
        return Score(scorer=name, value=None, reason="its scorers are not about this answer", applies=False)
    return Score(scorer=name, value=0.0, label="kept")


def speaks_of(rule: Rule, prompt: str, answer: str) -> bool:
    """Whether a rule is about answers in this answer's language; one that nobody could tell is taken for English, as
    scorers take it, or for the prompt's."""
    return not rule.answers_in or (tongue_of(answer, prompt) or "en") in rule.answers_in


def not_found(policy: Policy, rule: Rule, pattern: str, text: str, works_in: Sequence[str] = ()) -> str:
    """Why it is not known that a pattern of a rule stands nowhere in a text: its language is none of those that the
    pattern was written for (`works_in`, else the rule's). Empty where it is known; a pattern of figures and signs alone
    says the same in all."""
    if of_signs(policy.spelled(pattern)):
        return ""
    other = not_judged("", text, works_in=works_in or rule.languages or policy.languages)
    return other.reason if other is not None else ""


def _of_another_tongue(rule: Rule, prompt: str, answer: str) -> Score | None:
    """The score of an answer in a language that the rule is not about; None where it is about it."""
    if speaks_of(rule, prompt, answer):
        return None
    reason = f"the rule is about answers in {' and '.join(map(tongue_name, rule.answers_in))}"
    return Score(scorer=f"{RULE}{rule.id}", value=None, reason=reason, applies=False)


def _left_out(policy: Policy, rule: Rule, prompt: str) -> Score | None:
    """The score of what answers a prompt that the rule is not found to apply to; None where it is."""
    name = f"{RULE}{rule.id}"
    try:
        if applies(policy, rule, prompt):
            return None
    except RanOver as error:
        return Score(scorer=name, value=None, reason=str(error))
    signs = all(of_signs(policy.spelled(pattern)) for pattern in (*rule.when, *rule.unless)) and not rule.except_rules
    other = None if signs else not_judged(name, prompt, works_in=rule.languages or policy.languages)
    reason = "the rule does not apply to the prompt"
    return other or Score(scorer=name, value=None, reason=reason, applies=False)


def _breaks(
    policy: Policy, rule: Rule, check: Check, rows: Sequence[Row], opened: Opened
) -> list[tuple[bool | None, str]]:
    """Of each row whether a check fires, and what shows it; None where its scorer could not judge, and why, or with
    nothing where it is not about the answer."""
    if check.scorer is not None:
        return [_beyond(check, score) for score in check_scores(check, rows, opened)]
    return [_matches(policy, rule, check, answer) for _, answer in rows]


def _matches(policy: Policy, rule: Rule, check: Check, answer: str) -> tuple[bool | None, str]:
    pattern = check.contains if check.contains is not None else check.lacks
    assert pattern is not None
    try:
        found = search(policy.spelled(pattern), answer)
    except RanOver as error:
        return None, str(error)
    if found is None and (other := not_found(policy, rule, pattern, answer)):
        return None, other
    if check.contains is not None:
        return found is not None, f"found “{found[:_EVIDENCE]}”" if found is not None else ""
    return found is None, f"“{_short(pattern)}” is missing"


def _short(pattern: str) -> str:
    """A pattern as evidence: its beginning, where it is a long list."""
    return pattern if len(pattern) <= _EVIDENCE else f"{pattern[: _EVIDENCE - 1]}…"


def _beyond(check: Check, score: Score) -> tuple[bool | None, str]:
    assert check.scorer is not None
    if score.value is None:
        return None, f"{score.reason} ({check.scorer.name})" if score.applies else ""
    fires = score.value >= check.at_least if check.at_least is not None else score.value <= (check.at_most or 0.0)
    return fires, f"{check.scorer.name} {score.value:.2f}"
