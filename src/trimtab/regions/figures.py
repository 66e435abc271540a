"""Help and knowledge in each region, and the figures that gates over regions decide on, item by item."""

from collections.abc import Mapping, Sequence

from ..evaluate import differences, measure, measured_help
from ..metrics import REGIONS
from ..policy import policy_version
from ..records import TOGETHER, Answer, Difference, Evaluation, Measure, RegionFigure, Score
from .cells import came
from .heard import Heard
from .rates import parts_of
from .setting import OTHERS, Setting

Facts = Mapping[str, Mapping[str, Sequence[float | None]]]
"""By subject and region: whether each fact is right, in one order for all subjects; None could not be judged."""
_HELP = {"help.points": "points", "help.false": "false", "help.helps": "helps"}


class Figures:
    """The measures of help and facts of each region and subject, each taken once."""

    def __init__(self, settings: Sequence[Setting], facts: Facts, seed: int) -> None:
        self.settings, self.facts, self.seed = settings, facts, seed
        self._made: dict[tuple[str, str], list[Measure]] = {}

    def of(self, setting: Setting, subject: str) -> list[Measure]:
        """The measures of one subject in one region."""
        key = setting.name, subject
        if key not in self._made:
            self._made[key] = [*self._help(setting, subject), *self._facts(setting, subject)]
        return self._made[key]

    def _help(self, setting: Setting, subject: str) -> list[Measure]:
        prompts, answers = [each.prompt for each in setting.asked], setting.answers[subject]
        counted = measured_help(prompts, answers, setting.rules.points).counted
        found = []
        for name, figure in _HELP.items():
            scores = [_there(*row) for row in zip(answers, counted.get(name, ()), strict=False)]
            if any(score.applies for score in scores):
                found.append(self._measure(setting, figure, [(s.value, s.unjudged) for s in scores]))
        return found

    def _facts(self, setting: Setting, subject: str) -> list[Measure]:
        values = self.facts.get(subject, {}).get(setting.name, ())
        rows = [(value, "not judged" if value is None else None) for value in values]
        return [self._measure(setting, "facts", rows)] if rows else []

    def _measure(self, setting: Setting, figure: str, rows: Sequence[tuple[float | None, str | None]]) -> Measure:
        name = f"{REGIONS}{setting.name}.{figure}"
        return measure(name, [value for value, _ in rows], self.seed, over=name, why=[why for _, why in rows])

    def table(self, before: str) -> list[RegionFigure]:
        """A row of each region, subject and measure."""
        return [
            RegionFigure(
                region=setting.name, subject=subject, metric=each.metric.rpartition(".")[2],
                n=each.n, mean=each.mean, low=each.low, high=each.high, unjudged=each.reasons,
                change=None if subject == before else self._change(setting, before, each),
            )
            for setting in self.settings
            for subject in setting.answers
            for each in self.of(setting, subject)
        ]  # fmt: skip

    def _change(self, setting: Setting, before: str, last: Measure) -> Difference | None:
        """Against the model before; None where that was not measured by it, or no item of both could be judged."""
        first = next((each for each in self.of(setting, before) if each.metric == last.metric), None)
        if first is None or not first.paired_with(last):
            return None
        sides = self._evaluation(before, [first]), self._evaluation("after", [last])
        found = differences(*sides, confidence=0.95, seed=self.seed)[0]
        return found.model_copy(update={"ratio": None, "ratio_low": None, "ratio_high": None})

    def evaluations(self, before: str) -> tuple[Evaluation, Evaluation]:
        """The figures of gates over regions: of the model before, and of each region's own adapter."""
        first, last = [], []
        for setting in self.settings:
            name, own = setting.name, parts_of(setting.asked, setting.name).get("own", [])
            first += [self._kept(setting, before, own), *self.of(setting, before)]
            last += [self._kept(setting, name, own), *self.of(setting, name)]
            for figure, of in (("leakage", OTHERS), ("beyond", name)):
                pairs = came(setting, name, before, of)
                for side, measures in ((0, first), (1, last)):
                    rows = [(None, pair) if isinstance(pair, str) else (pair[side], None) for pair in pairs]
                    measures.append(self._measure(setting, figure, rows))
        return self._evaluation(before, first), self._evaluation("each region's own adapter", last)

    def _kept(self, setting: Setting, subject: str, places: Sequence[int]) -> Measure:
        heard: Heard = setting.kept[subject][TOGETHER]
        return self._measure(setting, "own", [(heard.values[place], heard.why[place]) for place in places])

    def _evaluation(self, model: str, measures: Sequence[Measure]) -> Evaluation:
        items = {each.over: self._items(each) for each in measures}
        versions = {f"rules of {s.name}": policy_version(s.rules.policy, s.rules.opened) for s in self.settings}
        return Evaluation(model=model, fingerprint=versions, items=items, measures=tuple(measures))

    def _items(self, of: Measure) -> tuple[str, ...]:
        """The ids of what a measure is taken over."""
        region, _, figure = of.over.removeprefix(REGIONS).rpartition(".")
        if figure == "facts":
            return tuple(f"fact-{place}" for place in range(len(of.values)))
        asked = next(each for each in self.settings if each.name == region).asked
        return tuple(each.prompt.id for each in asked if figure != "own" or each.region == region)


def _there(answer: Answer, score: Score) -> Score:
    """The score, without its value where there is no answer that could be judged."""
    if not answer.withheld or not score.applies:
        return score
    return score.model_copy(update={"value": None, "reason": answer.withheld})
