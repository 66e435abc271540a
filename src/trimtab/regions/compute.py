"""From answers by subject and prompt to the matrix. Pure: no model is asked, nothing is read or written."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ..policy import unchecked
from ..records import Answer, Matrix, MatrixRegion, RuleWay
from .cells import kept_rates, shown_rates
from .figures import Facts, Figures
from .given import COMMON, Asked, RegionRules
from .heard import Ears
from .rates import parts_of
from .setting import Setting, setting_of
from .ways import Way, alike, way_in
from .worst import worst_cells


def matrix_of(
    prompts: Sequence[Asked],
    answers: Mapping[str, Mapping[str, Answer]],
    regions: Sequence[RegionRules],
    *,
    before: str,
    facts: Facts | None = None,
    confidence: float = 0.95,
    seed: int = 0,
) -> Matrix:
    """The matrix of these answers.

    `answers` are by subject and prompt id; each subject answers every prompt. A subject of a region's name is that
    region's adapter, `before` the one that the adapters started from (the start, or the shared one), with which all
    others are paired. `confidence` is one-sided, as in gates: intervals are two-sided at 2 x confidence - 1. Raises
    ValueError where a subject has no answer to a prompt, a region has no adapter among the subjects, a prompt's region
    is not one of these, or two prompts have one id; UserError where a scorer of a check is not there.
    """
    _demand_it_is_whole(prompts, answers, regions, before)
    ears = Ears(regions)
    settings = [
        setting_of(each, regions, [one for one in prompts if one.region in (each.name, COMMON)], answers, ears)
        for each in regions
    ]
    kept = [rate for each in settings for rate in kept_rates(each, before, confidence)]
    shown = [rate for each in settings for rate in shown_rates(each, before, confidence)]
    figures = Figures(settings, facts or {}, seed)
    first, last = figures.evaluations(before)
    return Matrix(
        before=before,
        subjects=tuple(answers),
        regions=tuple(_region(each, regions) for each in settings),
        kept=tuple(kept),
        shown=tuple(shown),
        help=tuple(figures.table(before)),
        worst=tuple(worst_cells(settings, kept, shown, before)),
        notes=tuple(_notes(regions)),
        confidence=confidence,
        first=first,
        last=last,
    )


def _region(setting: Setting, regions: Sequence[RegionRules]) -> MatrixRegion:
    rules, parts = setting.rules, parts_of(setting.asked, setting.name)
    return MatrixRegion(
        name=setting.name,
        policy=rules.policy.name,
        day=str(rules.day) if rules.day is not None else "",
        rules=tuple(_ways(rules, rule.id, regions) for rule in rules.policy.rules),
        prompts={part: len(places) for part, places in parts.items()},
        languages=setting.languages,
    )


def _ways(own: RegionRules, name: str, regions: Sequence[RegionRules]) -> RuleWay:
    """A rule with how its way is looked for in every region."""
    rule = own.policy.rule(name)
    found = {each.name: way_in(own, rule, each) for each in regions}
    return RuleWay(
        region=own.name,
        rule=rule.id,
        act=own.act(rule.id),
        requires=rule.requires,
        severity=rule.severity,
        text=rule.text,
        unverified=rule.unverified,
        way={region: way.told for region, way in found.items() if isinstance(way, Way)},
        unseen={region: way for region, way in found.items() if isinstance(way, str)},
        alike=tuple(each.name for each in regions if each.name != own.name and alike(own, rule, each) is not None),
    )


def _notes(regions: Sequence[RegionRules]) -> Iterator[str]:
    for each in regions:
        if none := unchecked(each.policy):
            yield f"{each.name}: no check tells of {', '.join(none)}; it is in no figure, and left to people"
        if unread := [rule.id for rule in each.policy.rules if rule.unverified]:
            yield f"{each.name}: unverified, nobody is known to have read the source of {', '.join(unread)}"
        for name, why in each.left_out:
            yield f"{each.name}: {name} is not the model's ({why})"


def _demand_it_is_whole(
    prompts: Sequence[Asked], answers: Mapping[str, Mapping[str, Answer]], regions: Sequence[RegionRules], before: str
) -> None:
    """Raises ValueError where an answer, an adapter or a region is missing, or an id stands twice."""
    twice = [name for name, count in Counter(each.prompt.id for each in prompts).items() if count > 1]
    if twice:
        raise ValueError(f"the prompt {twice[0]} is there more than once")
    names = [each.name for each in regions]
    if unknown := sorted({each.region for each in prompts} - {*names, COMMON}):
        raise ValueError(f"prompts are of {unknown[0]}, which is no region of {', '.join(names)}")
    if lost := [name for name in (before, *names) if name not in answers]:
        raise ValueError(f"{lost[0]} is no subject: {', '.join(answers)} are")
    for subject, said in answers.items():
        if missing := next((each.prompt.id for each in prompts if each.prompt.id not in said), None):
            raise ValueError(f"{subject} has no answer to {missing}")
