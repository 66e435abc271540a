"""What is wrong with a policy as it is written, before anything is judged by it: each fault with its witness."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from ..records import Finding, Policy, Rule, Score, Shown
from ..scorers import content_words, words
from .applies import DECLINE, may_apply
from .rules import UNVERIFIED, breaks_checks, unchecked

ALIKE = 0.7
"""Share of their content words from which two rules say nearly the same (Jaccard)."""
_NOT = frozenset(
    """never no not nobody nothing none nor neither without cannot can't don't doesn't didn't won't shouldn't mustn't
    isn't aren't wouldn't avoid""".split()
)
"""Words that turn what a rule wants round."""
_TWICE, _TEXTS, _MEET, _SETTLED = "duplicate-rule", "opposite-texts", "rules-contradict", "settled-by-priority"
_UNTOUCHED, _AGAINST, _ONE_SIDED = "untouched-rule", "example-against-rule", "one-sided"


def check_policy(policy: Policy) -> list[Finding]:
    """Every fault: rules that stand twice, that contradict each other on an example, that no example touches, that
    their own examples speak against; what a policy leaves unsaid; and which rules no check tells of.

    What a scorer with a model or a server behind it would say of the examples is not asked.
    """
    found = [*_copies(policy), *_contradictions(policy), *_untouched(policy), *_against(policy), *_sides(policy)]
    if rules := unchecked(policy):
        told = "No check tells whether an answer breaks them: a judge or people do, and no scorer ever says kept."
        remedy = "Let a judge or people decide by them, or give them `checks` where words show it."
        found.append(_finding("unchecked-rule", "info", "Rules without a check", told, rules, remedy))
    if rules := [rule.id for rule in policy.rules if not rule.why]:
        told = "They say no reason, by which a reader or a judge could decide what their words leave open."
        found.append(_finding("no-reason", "info", "Rules without a reason", told, rules, "Add `why`."))
    return found


def _copies(policy: Policy) -> Iterator[Finding]:
    for one, other in combinations(policy.rules, 2):
        first, second = words(one.text), words(other.text)
        alike = _overlap(content_words(one.text), content_words(other.text)) >= ALIKE or first == second
        if alike and one.requires == other.requires and _turned(first) == _turned(second):
            told = f"“{one.text}” and “{other.text}” say nearly the same."
        elif alike and _turned(first) != _turned(second):
            told = f"“{one.text}” and “{other.text}” differ in little more than a negation."
            remedy = "Keep one of them, or say with `when` and `unless` which prompts each is about."
            yield _finding(_TEXTS, "warn", "Two rules say the opposite", told, (one.id, other.id), remedy)
            continue
        elif one.checks and (one.when, one.unless, one.checks) == (other.when, other.unless, other.checks):
            told = "They are about the same prompts and have the same checks, so that they are broken together."
        else:
            continue
        remedy = "Keep one of them: what both say is counted, and drawn, twice."
        yield _finding(_TWICE, "warn", "Two rules are one", told, (one.id, other.id), remedy)


def _contradictions(policy: Policy) -> Iterator[Finding]:
    """Pairs that want what cannot both be had, each with the first example that shows it."""
    for one, other in combinations(policy.rules, 2):
        met, shown = _meeting(policy, one, other), _shown_against(policy, one, other)
        told = met or shown
        if told is None:
            continue
        if one.priority == other.priority or not met:
            remedy = (
                "Give one of them a higher `priority`, or draw the line between them with `unless` or except_rules."
            )
            severity = "block" if one.priority == other.priority else "warn"
            yield _finding(_MEET, severity, "Two rules contradict each other", told, (one.id, other.id), remedy)
        else:
            first = max(one, other, key=lambda rule: rule.priority)
            told += f" {first.id} has the higher priority and is followed."
            title = "Two rules meet, and their priority decides"
            yield _finding(_SETTLED, "info", title, told, (one.id, other.id), "Nothing, if that is what is meant.")


def _meeting(policy: Policy, one: Rule, other: Rule) -> str | None:
    """The first example that one of two rules wants answered and the other declined."""
    duty, ban = (one, other) if one.requires == "answer" else (other, one)
    if duty.requires == "answer" and ban.requires in DECLINE:
        for prompt in _prompts(policy):
            if _about(policy, duty, prompt) and _about(policy, ban, prompt):
                return f"{duty.id} wants “{_short(prompt)}” answered, and {ban.id} does not."
    return None


def _shown_against(policy: Policy, one: Rule, other: Rule) -> str | None:
    """The first answer that keeps one of two rules, by its examples or its checks, and breaks the other."""
    for shows, judges in ((one, other), (other, one)):
        for good in shows.examples.good:
            if _same(good, judges.examples.bad):
                return f"“{_short(good.answer)}” is a good answer by {shows.id} and a bad one by {judges.id}."
            about = good.prompt is None or _about(policy, judges, good.prompt)
            if (
                about
                and judges.checks
                and (score := breaks_checks(policy, judges, good.prompt or "", good.answer)).value
            ):
                return f"“{_short(good.answer)}” is a good answer by {shows.id}, and {_evidence(judges, score)}."
        lacks = {policy.spelled(check.lacks): check.lacks for check in shows.checks if check.lacks}
        banned = {policy.spelled(check.contains) for check in judges.checks if check.contains} & lacks.keys()
        for prompt in _prompts(policy) if banned else ():
            if _about(policy, shows, prompt) and _about(policy, judges, prompt):
                words_ = lacks[min(banned)]
                return f"Of an answer to “{_short(prompt)}” {shows.id} demands “{words_}”, which {judges.id} forbids."
    return None


def _untouched(policy: Policy) -> Iterator[Finding]:
    prompts = _prompts(policy)
    rules = []
    for rule in policy.rules:
        own = rule.examples.about or rule.examples.good or rule.examples.bad
        by_words = bool(rule.when) and any(may_apply(policy, rule, prompt) for prompt in prompts)
        if not own and not by_words:
            rules.append(rule.id)
    if rules:
        told = "None of the policy's examples is about them, so that nothing shows what they mean."
        remedy = "Add `examples`: prompts `about` it and `beside` it, `good` answers and `bad` ones."
        yield _finding(_UNTOUCHED, "warn", "Rules that no example touches", told, rules, remedy)
    halves = [
        rule.id
        for rule in policy.rules
        if rule.id not in rules
        and (bool(rule.examples.about) != bool(rule.examples.beside))
        and not (rule.examples.good and rule.examples.bad)
    ]
    if halves:
        told = "Their examples lie on one side of the line only."
        remedy = "Add the other side: prompts `beside` it, or a `good` and a `bad` answer."
        yield _finding("one-sided-examples", "info", "Examples of one side", told, halves, remedy)


def _against(policy: Policy) -> Iterator[Finding]:
    """Rules whose own examples are on the other side of their own patterns and checks."""
    for rule in policy.rules:
        told = [*_prompts_against(policy, rule), *_answers_against(policy, rule)]
        if told:
            more = f" There are {len(told) - 1} more." if len(told) > 1 else ""
            remedy = "Correct the pattern or the example; one of the two says what is not meant."
            title = "A rule's own example speaks against it"
            yield _finding(_AGAINST, "block", title, f"{told[0]}{more}", (rule.id,), remedy, count=len(told))
        if both := set(rule.examples.about) & set(rule.examples.beside):
            told_ = f"“{_short(min(both))}” is named as what the rule is about and as what it is not about."
            yield _finding(
                _AGAINST, "block", "An example is on both sides", told_, (rule.id,), "Leave one of them out."
            )


def _prompts_against(policy: Policy, rule: Rule) -> Iterator[str]:
    if not rule.told_by_words:
        return
    shown = [each.prompt for each in (*rule.examples.good, *rule.examples.bad) if each.prompt is not None]
    for prompt in dict.fromkeys((*rule.examples.about, *shown)):
        if not may_apply(policy, rule, prompt):
            yield f"“{_short(prompt)}” is an example of what {rule.id} is about, and its patterns say it is not."
    for prompt in rule.examples.beside if rule.when or rule.unless or rule.except_rules else ():
        if may_apply(policy, rule, prompt):
            yield f"“{_short(prompt)}” is an example of what {rule.id} is not about, and its patterns say it is."


def _answers_against(policy: Policy, rule: Rule) -> Iterator[str]:
    for shown in rule.examples.good:
        if _same(shown, rule.examples.bad):
            yield f"“{_short(shown.answer)}” is named as good and as bad."
    if not rule.checks:
        return
    for shown in rule.examples.good:
        score = breaks_checks(policy, rule, shown.prompt or "", shown.answer)
        if score.value == 1.0:
            yield f"“{_short(shown.answer)}” is a good answer, and {_evidence(rule, score)}."
    for shown in rule.examples.bad:
        if breaks_checks(policy, rule, shown.prompt or "", shown.answer).value == 0.0:
            yield f"“{_short(shown.answer)}” is a bad answer, and no check of {rule.id} fires on it."


def _sides(policy: Policy) -> Iterator[Finding]:
    requires = {rule.requires for rule in policy.rules}
    if "answer" not in requires:
        told = "No rule requires an answer, so that who refuses everything keeps it."
        remedy = "Add a rule with `requires: answer` for what must be answered."
    elif requires == {"answer"}:
        told = "Every rule requires an answer, and none says what is not to be said."
        remedy = "Add a rule for what is to be refused, redirected or avoided."
    else:
        return
    yield _finding(_ONE_SIDED, "warn", "The policy has one side", told, (), remedy)


def _about(policy: Policy, rule: Rule, prompt: str) -> bool:
    """Whether a rule is about a prompt: as its examples say, else as its patterns do; what neither tells is not
    counted."""
    if prompt in rule.examples.beside:
        return False
    return prompt in rule.examples.about or (rule.told_by_words and may_apply(policy, rule, prompt))


def _prompts(policy: Policy) -> list[str]:
    return list(dict.fromkeys(prompt for rule in policy.rules for prompt in rule.examples.prompts))


def _same(shown: Shown, others: Sequence[Shown]) -> bool:
    return any(
        words(shown.answer) == words(other.answer)
        and (shown.prompt == other.prompt or None in (shown.prompt, other.prompt))
        for other in others
    )


def _evidence(rule: Rule, score: Score) -> str:
    mark = UNVERIFIED if rule.unverified else ""
    told = score.reason.removeprefix(f"{rule.severity}: {rule.text}{mark} ")
    return f"{rule.id} says it is broken: {told}"


def _turned(said: Sequence[str]) -> bool:
    return sum(word in _NOT for word in said) % 2 == 1


def _overlap(first: frozenset[str] | set[str], second: frozenset[str] | set[str]) -> float:
    return len(first & second) / len(first | second) if first or second else 0.0


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 120 else f"{text[:119]}…"


def _finding(
    name: str, severity: str, title: str, told: str, rules: Sequence[str], remedy: str, *, count: int = 0
) -> Finding:
    named = f"{' and '.join(rules) if len(rules) == 2 else ', '.join(rules)}: " if rules else ""
    return Finding.model_validate(
        {
            "id": name,
            "severity": severity,
            "title": title,
            "figure": None,
            "summary": f"{named}{told}",
            "rows": tuple(rules),
            "count": count or len(rules),
            "remedy": remedy,
        }
    )
