"""What a revision wins and loses against the answer that it was made of, and whether it is taught."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..policy import declines, in_force, rule_scorers, wanted
from ..records import Policy, Revision, Rule
from ..scorers import Criterion, Judged, Opened, Row, judge, judge_refusal, tongue_of
from ..spec import CritiqueSpec

_DECLINING = frozenset({"refuse", "redirect"})
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Weighed:
    """What the rubric gives to a text, the rules of the constitution and of the spec's policy that it breaks, and those
    among them of severity block."""

    judged: Judged
    broken: tuple[str, ...]
    blocked: tuple[str, ...] = ()


def weighed(
    rubric: Sequence[Criterion], rows: Sequence[Row], policies: Sequence[tuple[Policy, Opened]], opened: Opened
) -> list[Weighed]:
    """Each row's; every scorer is called once, with all rows. A rule that has no check is not seen as broken."""
    if not rows:
        return []
    marks = judge(rubric, rows, opened)
    scorers = {
        (place, scorer.name): scorer
        for place, (policy, checks) in enumerate(policies)
        for scorer in rule_scorers(policy, checks)
    }
    by_rule = {name: scorer(rows) for name, scorer in scorers.items() if scorer.rule.checks}
    block = {scorer.rule.id for scorer in scorers.values() if scorer.rule.severity == "block"}
    found = []
    for place, mark in enumerate(marks):
        broken = tuple(scorers[name].rule.id for name, scores in by_rule.items() if scores[place].value == 1.0)
        found.append(Weighed(mark, broken, tuple(name for name in broken if name in block)))
    return found


def loses(
    settings: CritiqueSpec, policy: Policy, row: Row, after: str, rules: Sequence[Rule], was: Weighed, now: Weighed
) -> str:
    """Why a revision is worse than the answer (`row` is what was asked, and that answer); "" where it is not.

    `rules` are those that it was made by: one that wants the prompt declined may make the revision decline.
    """
    prompt, before = row
    if now.blocked:
        return f"the revision breaks {', '.join(now.blocked)}"
    if broken := [name for name in now.broken if name not in was.broken]:
        return f"the revision breaks {', '.join(broken)}, which the answer keeps"
    if _turns_away(policy, prompt, before, after, rules):
        return "the revision declines what the answer does not"
    spoken, written = tongue_of(before, prompt), tongue_of(after, prompt)
    if spoken is not None and written is not None and spoken != written:
        return "the revision is in another language"
    if was.judged.total is None or now.judged.total is None:
        return "the rubric could not judge both"
    for criterion in settings.rubric:
        name = criterion.scorer.name
        first, second = was.judged.values[name], now.judged.values[name]
        if first is not None and second is None:
            return f"the revision could not be judged by {name}"
        lost = criterion.marks(first) - criterion.marks(second) if first is not None and second is not None else 0.0
        if lost > settings.loss + _ROUNDING:
            return f"the revision loses by {name}"
    if now.judged.total - was.judged.total < settings.margin - _ROUNDING:
        return "the revision gains less than the margin" if settings.margin else "the revision earns less by the rubric"
    return ""


def _turns_away(policy: Policy, prompt: str, before: str, after: str, rules: Sequence[Rule]) -> bool:
    if wanted(policy, prompt) == "decline" or any(rule.requires in _DECLINING for rule in rules):
        return False
    if any(rule.requires == "answer" for rule in in_force(policy, prompt)) and declines(policy, prompt, after):
        return not declines(policy, prompt, before)
    return judge_refusal(prompt, after).label == "refuse" and judge_refusal(prompt, before).label != "refuse"


def notes_on_revisions(revisions: Sequence[Revision], critic: str) -> list[str]:
    """What rounds of revision came to: how many are taught and why others are not, and what they win and lose."""
    measured, kept = [each for each in revisions if each.measured], [each for each in revisions if each.kept]
    told = f"{critic} revised {len(measured)} of {len(revisions)} answers, {len(kept)} for the better"
    reasons = Counter(each.why for each in revisions if each.why)
    more = "; ".join(f"{count} × {why}" for why, count in reasons.most_common())
    notes = [f"{told}{f'. The others: {more}' if more else ''}."]
    for title, some in (("All revisions that were measured", measured), ("Those that are taught", kept)):
        if changes := _changes(some):
            notes.append(f"{title} (from, to): {changes}.")
    return notes


def _changes(revisions: Sequence[Revision]) -> str:
    names = dict.fromkeys(name for each in revisions for name in each.scores)
    parts = []
    for name in names:
        pairs = [each.scores[name] for each in revisions if name in each.scores]
        both = [(before, after) for after, before in pairs if before is not None and after is not None]
        if both:
            missing = f" (of {len(both)})" if len(both) < len(revisions) else ""
            parts.append(f"{name} {_mean(b for b, _ in both):.2f} to {_mean(a for _, a in both):.2f}{missing}")
    broken = [sum(bool(each.breaks[side]) for each in revisions) for side in (1, 0)]
    if any(broken):
        parts.append(f"answers that break a rule {broken[0]} to {broken[1]}")
    return ", ".join(parts)


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found)
