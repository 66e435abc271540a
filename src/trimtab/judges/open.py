"""From the name of a scorer to the scorer: registered ones, a policy's rules, and those with a model behind them."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal

from ..data import read_points, read_text
from ..errors import UserError
from ..models import Endpoint
from ..policy import check_scorers, rule_scorers
from ..records import RULE, TRAINED, Policy, ScorerRef
from ..scorers import GROUPS, HelpScorer, Points, PointsScorer, Scorer, find, named, names
from .classifier import Classifier
from .llm import DEFAULT_RUBRIC, Judge
from .reward import RewardScorer

Precision = Literal["auto", "fp32", "bf16"]
_KINDS = ("classifier:MODEL", "reward:FOLDER", "points:FILE", "help:FILE")
"""How scorers that need something are written on the command line."""


def open_scorer(
    ref: ScorerRef | str,
    *,
    path: Callable[[str], Path] = Path,
    policy: Policy | None = None,
    precision: Precision = "auto",
    trained: Path | None = None,
    points: Points | None = None,
) -> Scorer:
    """The scorer that a ref names. No model is loaded before it is called, and no server asked.

    `path` finds the files and folders that it names, `policy` is the one whose rule it may be, `trained` the reward
    model that a run has trained, and `points` those that `points` and `help` mean without a file. Raises UserError
    where there is no such scorer, or what it needs is not there.
    """
    given = ref if isinstance(ref, ScorerRef) else _ref(ref)
    return open_scorers([given], path=path, policy=policy, precision=precision, trained=trained, points=points)[given]


def open_scorers(
    refs: Iterable[ScorerRef],
    *,
    path: Callable[[str], Path] = Path,
    policy: Policy | None = None,
    policy_folder: Path | None = None,
    precision: Precision = "auto",
    trained: Path | None = None,
    points: Points | None = None,
    say: Callable[[str], None] = lambda text: None,
) -> dict[ScorerRef, Scorer]:
    """The scorers of some refs, and those that check the policy's rules, whose files lie in `policy_folder`."""
    beside = path if policy_folder is None else lambda name: policy_folder / Path(name).expanduser()
    checks = {
        ref: _opened(ref, beside, precision, None, points, say) for ref in (check_scorers(policy) if policy else ())
    }
    rules = {rule.name: rule for rule in (rule_scorers(policy, checks) if policy else ())}
    found: dict[ScorerRef, Scorer] = dict(checks)
    for ref in refs:
        if ref.rule is None:
            found[ref] = _opened(ref, path, precision, trained, points, say)
        elif ref.name in rules:
            found[ref] = rules[ref.name]
        else:
            raise UserError(
                f"The scorer is {ref.name!r}.",
                "The policy has no such rule." if policy else "There is no policy that it could be a rule of.",
                f"The rules are {', '.join(rules)}." if policy else "Give the policy's file.",
            )
    return found


def scorers_named(
    wanted: Sequence[str],
    *,
    judge: Judge | None = None,
    policy: Policy | None = None,
    policy_folder: Path | None = None,
    label: str | None = None,
) -> dict[str, Scorer]:
    """The scorers that some names come to, each by the name that tables call it.

    Beside what a ref may be as text, a name may be a group (`style`), one of its scorers (`style.words`), `judge` for
    the `judge` that is given, or `policy` for all rules. `label` is the class that classifiers are asked for. Raises
    UserError where there is no such scorer.
    """
    found: dict[str, Scorer] = {}
    for name in wanted:
        plain = name.removeprefix("style.")
        if name == "judge" and judge is not None:
            found[name] = judge
        elif name == "policy" and policy is not None:
            checks = open_scorers((), policy=policy, policy_folder=policy_folder)
            found |= {rule.name: rule for rule in rule_scorers(policy, checks)}
        elif plain == "points":
            raise UserError("The scorer is 'points'.", "It does not say which.", "Write points:FILE.")
        elif plain in GROUPS or find(plain) is not None:
            found |= {each: named(each) for each in GROUPS.get(plain, (plain,))}
        elif name.startswith(("classifier:", "reward:", "points:", "help:", RULE)):
            ref = _ref(name)
            ref = ref.model_copy(update={"label": label} if ref.classifier else {})
            found |= {name: open_scorers([ref], policy=policy, policy_folder=policy_folder)[ref]}
        else:
            kinds = ", ".join([*names(), *GROUPS, "judge", *_KINDS, "policy.RULE"])
            raise UserError(f"The scorer is {name!r}.", "There is no such scorer.", f"Scorers: {kinds}.")
    return found


def _ref(name: str) -> ScorerRef:
    kind, colon, model = name.partition(":")
    if not name or (colon and not model):
        place = {"classifier": "MODEL", "reward": "FOLDER"}.get(kind, "FILE")
        fix = f"Write {kind}:{place}." if colon else "Name one: refusal, toxicity, words."
        raise UserError(f"The scorer is {name!r}.", "It does not say which.", fix)
    return ScorerRef.model_validate(name)


def _opened(
    ref: ScorerRef,
    path: Callable[[str], Path],
    precision: Precision,
    trained: Path | None,
    points: Points | None,
    say: Callable[[str], None],
) -> Scorer:
    if ref.classifier is not None:
        model = _place(ref.classifier, path)
        return Classifier(model, label=ref.label, precision=precision, with_prompt=ref.with_prompt)
    if ref.judge is not None:
        assert ref.url is not None
        rubric = DEFAULT_RUBRIC if ref.rubric is None else read_text(path(ref.rubric), "the judge's rubric as text")
        return Judge(Endpoint(ref.url, ref.judge), rubric)
    if ref.by_points and (ref.points_file is not None or points is not None):
        own = points if ref.points_file is None else read_points(path(ref.points_file))
        made = PointsScorer if ref.points is not None or ref.scorer == "points" else HelpScorer
        return made(own)
    if ref.reward is None:
        return named(ref.name)
    if ref.reward == TRAINED and trained is None:
        raise UserError("The scorer is reward:trained.", "No run is at work that trains one.", "Name its folder.")
    model = str(trained) if ref.reward == TRAINED else _place(ref.reward, path)
    return RewardScorer(model, uncertainty=ref.uncertainty, precision=precision, say=say)


def _place(model: str, path: Callable[[str], Path]) -> str:
    """The folder of a model, or its id on the hub."""
    return str(path(model)) if path(model).is_dir() else model
