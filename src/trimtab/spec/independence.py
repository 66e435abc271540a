"""Which metrics judged the feedback or paid the reward: what training was rewarded for says little when it is measured.

A measure that becomes a target ceases to be a good one (Goodhart 1975). A verdict therefore tells how many of its gates
are on what was *rewarded* and how many are *independent*; a spec that has none of the second kind is told so.
"""

from collections.abc import Iterable, Iterator
from pathlib import PurePath

from ..evaluate import benchmarks, metrics
from ..metrics import PEOPLE, POLICY, SCORE, SHARES
from ..records import Policy, ScorerRef
from .benchmarks import listed
from .schema import Spec
from .training import AUTO

FRIENDLY = frozenset({"contractions", "address", "warmth", "formality"})
HELPFUL = frozenset({"points", "echo", "stock", "empty"})
PARTS = {"friendliness": FRIENDLY, "help": HELPFUL}
"""Scorers made of others. Who pays a part pays the whole, and who pays the whole pays its parts."""
_MEASURED_BY = {
    "help.helps": "help",
    "help.points": "points",
    "help.false": "points",
    "help.echo": "echo",
    "help.stock": "stock",
    "help.empty": "empty",
}
"""The scorer behind metrics that are not called after theirs."""
_BENCHMARKED_BY = {"overrefusal": "refusal", "realtoxicityprompts": "toxicity"}
"""The scorer behind all metrics of a benchmark."""
_PROPOSED = ("help.helps", "help.points", "facts.said", "facts.accuracy", "hhh.helpful", "overrefusal.safe_refused")
"""What a spec without an independent gate could measure, the nearest to what a reader of the answers wants first."""


def rewarded_metrics(spec: Spec, policy: Policy | None = None, names: Iterable[str] = ()) -> frozenset[str]:
    """Of all metrics that have a name, those that gates look at and `names`: what training was rewarded for.

    The scorers of sampled sources' rubrics and of RL's rewards; what people say, where they judged the feedback; what a
    rule of severity block that selects answers forbids (every rule where `policy` is not given); and how answers end,
    where only one that ends can be chosen or a penalty is on those that do not. A `gold` is not rewarded.
    """
    known = {*(metric.name for metric in metrics()), *_MEASURED_BY, *(gate.metric for gate in spec.gates), *names}
    paid, rules = _paid(spec, policy)
    return frozenset(name for name in known if _is_paid(name, paid, rules, spec))


def independent_metric(spec: Spec, policy: Policy | None = None) -> str | None:
    """A metric that this spec could measure and that nothing in it rewards, the most telling first."""
    paid = rewarded_metrics(spec, policy)
    known = {*(metric.name for metric in metrics()), *_MEASURED_BY}
    files = {"help.points": spec.prompts.points, "facts.said": spec.prompts.facts, "facts.accuracy": spec.prompts.facts}
    able = (name for name in _PROPOSED if name in known and files.get(name, "") is not None)
    return next((name for name in able if name not in paid), None)


def unguarded(spec: Spec, policy: Policy | None = None) -> str | None:
    """What to say of a spec all of whose gates are on what is rewarded; None where one is not."""
    gated = list(dict.fromkeys(gate.metric for gate in spec.gates))
    if not set(gated) <= rewarded_metrics(spec, policy):
        return None
    told = (
        f"every gate is on what the answers are rewarded for ({', '.join(gated)}), so a model that games it would pass"
    )
    better = independent_metric(spec, policy)
    if better is None:
        return f"{told}; nothing that this spec could measure is independent of it"
    by = next(each.name for each in benchmarks().values() if each.metric(better) is not None)
    add = "" if by in {each.name for each in listed(spec)} else f" (add `{by}` to `evaluation.benchmarks`)"
    return f"{told}; a gate on {better}{add} is independent of it"


def gold_paid(spec: Spec, policy: Policy | None = None) -> str | None:
    """What to say of a monitor whose gold is among what is rewarded; None where it is not, or nothing is watched."""
    watched = spec.training.watched
    gold = spec.training.rl.gold if _on_policy(spec) else watched.gold if watched is not None else None
    paid = _paid(spec, policy)[0]
    names = sorted({ref.name for ref in gold.refs if _called(ref.name) in paid}) if gold is not None else []
    if not names:
        return None
    where = "training.rl.gold" if _on_policy(spec) else "training.monitor.gold"
    return f"`{where}` is {', '.join(names)}, which is rewarded too, or a part of it: no independent eye"


def _paid(spec: Spec, policy: Policy | None) -> tuple[frozenset[str], frozenset[str] | None]:
    """The scorers that are paid, and the policy's rules that are; None stands for every rule."""
    refs = list(_refs(spec))
    rules: set[str] | None = {ref.rule for ref in refs if ref.rule is not None}
    if spec.policy is not None and policy is None:
        rules = None
    elif policy is not None and rules is not None:
        rules |= {rule.id for rule in policy.rules if rule.severity == "block"} | _judged_by(spec, policy)
        refs += [
            check.scorer
            for rule in policy.rules
            if rule.id in rules
            for check in rule.checks
            if check.scorer is not None
        ]
    scorers = {_called(ref.name) for ref in refs if ref.rule is None}
    for whole, parts in PARTS.items():
        if whole in scorers:
            scorers |= parts
        elif scorers & parts:
            scorers.add(whole)
    return frozenset(scorers), None if rules is None else frozenset(rules)


def _judged_by(spec: Spec, policy: Policy) -> set[str]:
    """The rules of the spec's policy that a model judges the feedback by, where a constitution is the same file."""
    if spec.policy is None:
        return set()
    own = PurePath(spec.policy)
    judged = [one.constitution for one in spec.feedback.sources if one.constitution is not None]
    revised = [one.critique for one in spec.feedback.sources if one.critique is not None]
    used = [*((each.path, each.rules) for each in judged), *((each.constitution, each.rules) for each in revised)]
    every = tuple(rule.id for rule in policy.rules)
    return {name for path, rules in used if PurePath(path) == own for name in rules or every}


def _refs(spec: Spec) -> Iterator[ScorerRef]:
    for source in spec.feedback.sources:
        if (judged := source.sample or source.critique) is not None:
            yield from (criterion.scorer for criterion in judged.rubric)
    if _on_policy(spec):
        for term in spec.training.rl.rewards:
            yield from term.refs


def _on_policy(spec: Spec) -> bool:
    training = spec.training
    return training.method != AUTO and training.method_row.on_policy


def _called(name: str) -> str:
    """A scorer's name; of one that reads points, without the file."""
    kind = name.partition(":")[0]
    return kind if kind in _MEASURED_BY.values() else name


def _is_paid(name: str, paid: frozenset[str], rules: frozenset[str] | None, spec: Spec) -> bool:
    family, _, rest = name.partition(".")
    if name.startswith(PEOPLE):
        return any(source.review is not None for source in spec.feedback.sources)
    if name == "style.ended":
        penalty = _on_policy(spec) and spec.training.rl.truncation_penalty > 0
        return penalty or bool(spec.feedback.drawn)
    if name.startswith(POLICY):
        return rules is None or (bool(rules) if rest == "any" else rest in rules)
    if name in _MEASURED_BY:
        return _MEASURED_BY[name] in paid
    if family in SHARES or family in _BENCHMARKED_BY:
        return (SHARES[family].scorer if family in SHARES else _BENCHMARKED_BY[family]) in paid
    return (name.startswith(SCORE) or family == "style") and _called(rest) in paid
