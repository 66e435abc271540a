"""Which of an evaluation's rates a judge gave, each raw and corrected by the calibrations that speak of that judge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...calibration import ByJudge, fingerprint_of, judged_rate, speaks_of
from ...calibration import Item as JudgedItem
from ...evaluate import CONTROLLED, TRUTHFULQA_GENERATION, WINRATE, metric_named
from ...judges import Judge, truth_fingerprint
from ...metrics import POLICY, SCORE
from ...policy import policy_version
from ...records import Calibration, JudgedRate, Measure, Policy, Rule
from ...scorers import Opened, find
from ...store import digest
from .items import BenchmarkItems

_VERSION = 1
"""Raised whenever the same labels would correct a rate otherwise."""
_TRUTH = {"truthfulqa.judged_true": "true", "truthfulqa.judged_informative": "informative", "truthfulqa.judged": None}
"""What a label's rule calls the parts of a judge's verdict on truth; without a rule both are meant."""
_MADE_OF = "it is made of other figures; see those"


@dataclass(frozen=True)
class Rates:
    """The calibrations at hand, and who judges: the scorers that need a model, the policy's rules by them, a `judge` of
    pairs and of truth. `other` are the other model's answers of a win rate, by the prompt's id."""

    calibrations: Sequence[Calibration] = ()
    opened: Opened = field(default_factory=dict)
    policy: Policy | None = None
    judge: Judge | None = None
    other: Mapping[str, str] = field(default_factory=dict)

    @property
    def deciding(self) -> dict[str, str]:
        """What the rates hang on beside the answers; nothing where no judge gave any and nothing corrects one."""
        by_judges = self.judge is not None or any(isinstance(each, Judge) for each in self.opened.values())
        if not by_judges and not self.calibrations:
            return {}
        return {"rates": digest([_VERSION, [each.model_dump(mode="json") for each in self.calibrations]])}

    def of(
        self, asked: BenchmarkItems, items: Sequence[str], measure: Measure, said: Mapping[str, str]
    ) -> JudgedRate | None:
        """A measure as a judge's rate; None where no judge gave it, and no calibration speaks of what did. `said` are
        the answers by their items."""
        name = measure.metric
        if name.startswith(SCORE):
            return self._scored(name.removeprefix(SCORE), asked, items, measure, said)
        if name.startswith(POLICY):
            return self._ruled(name.removeprefix(POLICY), asked, items, measure, said)
        if self.judge is None or not metric_named(name).judged:
            return None
        if asked.benchmark.name == TRUTHFULQA_GENERATION.name:
            found = [each for each in self.calibrations if each.fingerprint == truth_fingerprint(self.judge)]
            by = ByJudge(name, measure.title, self.judge.model, _items(asked, items, measure, said), _TRUTH[name])
            return judged_rate(by, found)
        if asked.benchmark.name != WINRATE.name:
            return None
        pairs = [
            (prompt, (answers[0], self.other.get(item, "")), value)
            for item, (prompt, answers, value) in zip(
                items, _items(asked, items, measure, said), strict=True
            )
        ]  # fmt: skip
        by = ByJudge(name, measure.title, self.judge.model, pairs)
        if name == CONTROLLED:
            return judged_rate(by, ()).model_copy(update={"why": "winrate.raw is what labels correct"})
        return judged_rate(by, self._of(fingerprint_of(self.judge), "pairs"))

    def _scored(
        self, called: str, asked: BenchmarkItems, items: Sequence[str], measure: Measure, said: Mapping[str, str]
    ) -> JudgedRate | None:
        scorer = next((each for ref, each in self.opened.items() if ref.name == called), None) or find(called)
        if scorer is None:
            return None
        if isinstance(scorer, Judge):
            found = self._of(fingerprint_of(scorer), "answers")
        else:
            found = [each for each in self.calibrations if speaks_of(each, called, scorer.version)]
        if not found and not isinstance(scorer, Judge):
            return None
        judge = scorer.model if isinstance(scorer, Judge) else called
        return judged_rate(ByJudge(measure.metric, measure.title, judge, _items(asked, items, measure, said)), found)

    def _ruled(
        self, called: str, asked: BenchmarkItems, items: Sequence[str], measure: Measure, said: Mapping[str, str]
    ) -> JudgedRate | None:
        if self.policy is None:
            return None
        known = _items(asked, items, measure, said)
        judges = {rule.id: by for rule in self.policy.rules if (by := self._judges_of(rule))}
        rule = next((each for each in self.policy.rules if each.id == called), None)
        if rule is None:  # whether any rule is broken
            blocking = [name for name in judges if self.policy.rule(name).severity == "block"]
            names = ", ".join(dict.fromkeys(judge.model for name in blocking for judge in judges[name]))
            made = judged_rate(ByJudge(measure.metric, measure.title, names, known), ())
            return made.model_copy(update={"why": _MADE_OF}) if blocking else None
        itself = {"scorer": measure.metric, "version": policy_version(self.policy, self.opened)}
        found = self._of(itself, "answers")
        names = ", ".join(dict.fromkeys(judge.model for judge in judges.get(called, ()))) or measure.metric
        if found:
            return judged_rate(ByJudge(measure.metric, measure.title, names, known), found)
        if called not in judges:
            return None
        if len(rule.checks) != 1:
            made = judged_rate(ByJudge(measure.metric, measure.title, names, known), ())
            return made.model_copy(
                update={"why": f"the rule has other checks too; hold {measure.metric} against people"}
            )
        check = rule.checks[0]
        turned, at = check.at_most is not None, check.at_least if check.at_most is None else check.at_most
        own = [each for each in self._of(fingerprint_of(judges[called][0]), "answers") if each.of_rule(called)]
        return judged_rate(ByJudge(measure.metric, measure.title, names, known, called, turned, at), own)

    def _judges_of(self, rule: Rule) -> list[Judge]:
        found = (self.opened.get(check.scorer) for check in rule.checks if check.scorer is not None)
        return [each for each in found if isinstance(each, Judge)]

    def _of(self, fingerprint: Mapping[str, str], asked: str) -> list[Calibration]:
        return [each for each in self.calibrations if each.fingerprint == dict(fingerprint) and each.asked == asked]


def _items(asked: BenchmarkItems, items: Sequence[str], measure: Measure, said: Mapping[str, str]) -> list[JudgedItem]:
    prompts = {prompt.id: prompt.text for prompt in asked.prompts}
    return [
        (prompts.get(item, ""), (said.get(item, ""),), value) for item, value in zip(items, measure.values, strict=True)
    ]
