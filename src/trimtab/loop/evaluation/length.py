"""How much the judge of a win rate is swayed by length: what its verdicts on variants of one model say."""

from collections.abc import Sequence
from pathlib import Path

from ...errors import UserError, option
from ...evaluate import WINRATE
from ...judges import Judge
from ...records import Score
from ...stats import ANY_JUDGE, LengthPrior, calibrated_prior
from ...store import FileName, Run, benchmark_name


def length_prior(variants: Sequence[str], judge: Judge | None) -> LengthPrior:
    """The slope calibrated on `variants`, folders of scores; without any, that of a judge of whom nothing is known.

    Each folder holds the win rate of a model that was asked to be concise, or verbose, against itself as it is, by the
    same judge. Raises UserError where one does not, or there is no judge.
    """
    if not variants:
        return ANY_JUDGE
    if judge is None:
        raise UserError(
            f"{option('variants')} is {variants[0]}.",
            "It calibrates the judge of a win rate, and there is no judge.",
            f"Ask for winrate with {option('judge_url')} and {option('judge_model')}, or leave it out.",
        )
    found = [_comparisons(folder, judge) for folder in variants]
    try:
        return calibrated_prior(found, ANY_JUDGE)
    except ValueError as why:
        raise UserError(
            f"{option('variants')} is {', '.join(variants)}.",
            f"No slope on length can be found there: {why}.",
            "Give scores of a model that was asked for other lengths.",
        ) from None


def _comparisons(folder: str, judge: Judge) -> tuple[list[float], list[float], list[float]]:
    from .read import read_evaluation

    by = read_evaluation(folder).evaluation.fingerprint.get("judge")
    stage = Run.read(Path(folder)).current(benchmark_name("judge", WINRATE.name))
    if stage is None or by != judge.version:
        raise UserError(
            f"{option('variants')} is {folder}.",
            "It holds no win rate." if stage is None else "Its win rate is another judge's, or by another rubric.",
            f"Make it: winrate of the variant with {option('against')} the plain model, by this judge.",
        )
    known = [(each.value, each.details) for each in stage.read_lines(FileName.SCORES, Score)]
    judged = [(value, told["own"], told["other"]) for value, told in known if value is not None]
    if not judged:
        raise UserError(
            f"{option('variants')} is {folder}.", "The judge could judge nothing there.", "Evaluate the variant again."
        )
    return [v for v, _, _ in judged], [own for _, own, _ in judged], [other for _, _, other in judged]
