"""A rate by a judge, raw and as people would have it: corrected by those of its items that people labelled."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..records import Calibration
from ..stats import FEWEST_LABELLED, PredictionPowered, prediction_powered
from .measure import answer_key


@dataclass(frozen=True)
class Corrected:
    """A metric by a judge of `items` answers, of which people labelled `labelled`."""

    metric: str
    figure: PredictionPowered
    labelled: int
    items: int

    @property
    def plain(self) -> dict[str, object]:
        """The form of `--json`: the raw and the corrected rate, and that by people's labels alone."""
        figures = {"raw": self.figure.raw, "corrected": self.figure.corrected, "labels": self.figure.labels}
        told = {name: {"estimate": one.estimate, "low": one.low, "high": one.high} for name, one in figures.items()}
        return {"metric": self.metric, "items": self.items, "labelled": self.labelled, **told}

    @property
    def says(self) -> str:
        """In a sentence."""
        raw, found = self.figure.raw, self.figure.corrected
        rho = "" if self.figure.correlation is None else f", its correlation with them {self.figure.correlation:.2f}"
        return (
            f"{self.metric}: {raw.estimate:.1%} by the judge; {found.estimate:.1%} [{found.low:.1%}, {found.high:.1%}] "
            f"corrected by people's labels of {self.labelled:,} of these {self.items:,} answers (prediction-powered "
            f"inference; the judge weighs {self.figure.power:.2f}{rho}). It holds where these were drawn by chance."
        )


def speaks_of(found: Calibration, name: str, version: str) -> bool:
    """Whether a calibration is of the scorer that tables call `name`, in this version: versions of two may be alike."""
    kind, said = name.partition(":")[0], found.fingerprint
    named = "judge" in said if kind == "judge" else said.get("scorer") in (name, kind)
    return named and said.get("version") == version


def corrected(
    metric: str, rows: Sequence[tuple[str, str, float | None]], found: Calibration, rule: str | None = None
) -> Corrected | None:
    """A judge's mean over answers (prompt, answer, figure), corrected; None where people labelled too few of them.

    The same answer of several rows counts as often as it stands there. Of a rule, only its labels speak.
    """
    told = {each.answer: each.label for each in found.items if each.answer is not None and each.rule == rule}
    if rule is None and not told:
        rules = {each.rule for each in found.items}
        if len(rules) == 1:  # all labels are of one rule, which is then what the judge is asked
            told = {each.answer: each.label for each in found.items if each.answer is not None}
    known = [(answer_key(prompt, answer), value) for prompt, answer, value in rows if value is not None]
    both = [(told[key], value) for key, value in known if key in told]
    rest = [value for key, value in known if key not in told]
    if len(both) < FEWEST_LABELLED:
        return None
    figure = prediction_powered([label for label, _ in both], [value for _, value in both], rest)
    return Corrected(metric, figure, len(both), len(known))
