"""A judge held against what people said of the same answers."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..calibration import (
    Asker,
    Corrected,
    KeptVerdicts,
    Purse,
    RuleAsker,
    ScorerAsker,
    ask_all,
    calibration_of,
    corrected,
    questions,
    read_calibration,
    speaks_of,
    trust_of,
    unanswered,
)
from ..data import PeopleLabels, Source, labels_of, read_labels, read_truthfulqa
from ..errors import UserError, option
from ..evaluate import TRUTHFULQA_GENERATION, claims_to_judge
from ..judges import Budget, Judge, Prices, TruthScorer, scorers_named
from ..loop import Progress, asking_told, judge_of_spec
from ..records import Calibration, JudgeVerdict, Reject, Trust, TrustLimits
from ..scorers import Scorer, checked
from ..store import Journal, write_atomic
from .inputs import PolicyLike, is_spec, judge_from, policy_from, quiet, spec_from
from .results import Result, frame_of
from .scores import ScoreResult

if TYPE_CHECKING:
    import polars

TRUTH = "truth"
"""What the judge of truthfulqa-generation is called."""
_ROOM = (".db", ".sqlite", ".sqlite3")


@dataclass(frozen=True, repr=False)
class CalibrationResult(Result):
    """What a judge is worth; a row of the frame is a part of the items. `limits` are what it is held to."""

    record: Calibration
    limits: TrustLimits
    rejected: tuple[Reject, ...]

    @property
    def trust(self) -> tuple[Trust, ...]:
        """Whether it may decide: whatever it is asked, then for each rule."""
        rules = [None, *(each.name for each in self.record.parts if each.part == "rule")]
        return tuple(trust_of(self.record, self.limits, rule) for rule in rules)

    @property
    def summary(self) -> str:
        """Who, on how much, and whether it is to be trusted."""
        one, found = self.trust[0], self.record
        what = "pairs" if found.asked == "pairs" else "answers"
        return f"{found.judge} on {found.overall.items:,} {what}: {one.state}; {one.why}"

    def to_frame(self) -> "polars.DataFrame":
        """A row a part: part, name, items, then estimate, low and high of kappa and accuracy."""
        import polars as pl

        names = ("kappa", "accuracy")
        rows = [
            {
                "part": each.part,
                "name": each.name,
                "items": each.items,
                **{
                    f"{name}{end}": getattr(getattr(each, name), field)
                    for name in names
                    for end, field in (("", "estimate"), ("_low", "low"), ("_high", "high"))
                },
            }
            for each in self.record.parts
        ]
        schema = {"part": pl.String, "name": pl.String, "items": pl.Int64}
        more = {f"{name}{end}": pl.Float64 for name in names for end in ("", "_low", "_high")}
        return frame_of(rows, {**schema, **more})

    def write(self, out: str | Path) -> list[Path]:
        """Writes the report to `out`, a page (.html) or the record itself (.json); beside a page stands its record."""
        from ..report import render_calibration

        place = Path(out)
        if place.suffix not in (".html", ".json"):
            raise UserError(
                f"{option('out')} is {place}.", "It is neither a page nor a record.", "Name a file in .html or .json."
            )
        record = place.with_suffix(".json")
        write_atomic(record, self.record.to_json() + "\n")
        if place == record:
            return [record]
        write_atomic(place, render_calibration(self.record, self.trust, self.limits))
        return [place, record]


def calibrate(
    judge: str | Path | Scorer, labels: Source, *, at: float | None = None, again: int | None = None,
    own: Sequence[str] = (), policy: PolicyLike | None = None, label: str | None = None, judge_url: str | None = None,
    judge_model: str | None = None, rubric: str | Path | None = None, prices: tuple[float, float] | None = None,
    verdicts: str | Path | None = None, limits: TrustLimits | None = None, task: int | None = None,
    max_cost: float | None = None, data: Source | None = None, progress: Progress | None = None,
) -> CalibrationResult:  # fmt: skip
    """Holds a judge against people's labels (docs/judges.md).

    `judge` is a scorer's name (`judge` for the model behind `judge_url`), a `Scorer`, the spec whose constitution's
    judge is meant, or a file of verdicts that are there already. `labels` are rows of answers and labels or of pairs
    and preferences, feedback, or a review room's file (of which `task`). A single answer is said yes to from the
    figure `at` on. `again` items are asked twice, all unless told. `own` names sources of answers that are the judge's
    own, beside its model. Verdicts of a model are kept in the file `verdicts` and not asked for again; by `prices`
    this call costs no more than `max_cost`. `truth` is the judge of truthfulqa-generation, by the references of `data`
    (our own set's, if none is given). Raises UserError where the labels cannot be read, or the judge is none, and
    BudgetSpent where the next questions may cost more than is left: the same call goes on from there.
    """
    progress = quiet(progress)
    wanted = _labels(labels, task)
    server = judge_from(judge_url, judge_model, rubric, prices)
    with _asker(judge, wanted, policy, label, server, data, progress) as asker:
        asker, purse = _purse(asker, prices, max_cost)
        place = Path(verdicts) if verdicts is not None else _kept_at(asker, wanted) if asker.own is not None else None
        if isinstance(asker, KeptVerdicts):
            place = None
        asked = questions(wanted.items, ordered=asker.ordered, again=again)
        journal = Journal(place, JudgeVerdict, lambda each: each.key) if place is not None else None
        if journal is not None and len(journal):
            progress.say(f"{place}: {len(journal):,} verdicts are kept, and what they say is not asked again")
        if purse is None:
            with progress.track(f"asking {asker.name}", len(asked)) as tracker:
                found = ask_all(asker, asked, journal, tracker.step)
            usage: dict[str, float | str | None] = {}
        else:
            calls = [_Call(count) for count in purse.calls(unanswered(asker, asked, journal))]
            title = f"{wanted.name}: {len(asked):,} questions of {asker.name}"
            told = (progress, purse.budget, calls, len(calls), purse.room, asker.name, title, f"asking {asker.name}")
            with asking_told(*told) as step:
                found = ask_all(asker, asked, journal, lambda _: step(), purse.affords)
            usage = server.usage() if server is not None else purse.budget.usage
        record = calibration_of(wanted, asker, found, at=at, own=own, usage=usage)
    return CalibrationResult(record, limits or TrustLimits(), wanted.rejected)


@dataclass(frozen=True)
class _Call:
    letters: int


def _purse(asker: Asker, prices: tuple[float, float] | None, max_cost: float | None) -> tuple[Asker, Purse | None]:
    """Who is asked, and what that may cost; None of who costs nothing. Raises UserError where there is a limit, and
    nobody knows what a question costs."""
    if not isinstance(asker, ScorerAsker | RuleAsker) or asker.room is None:
        if max_cost is not None:
            raise UserError(
                f"{option('max_cost', f'{max_cost:g}')} is given.",
                f"{asker.name} is no model behind a server, and costs nothing.",
                "Leave the limit out.",
            )
        return asker, None
    prices = prices or (asker.prices if isinstance(asker, RuleAsker) else None)
    known = prices is not None and max(prices) > 0
    if max_cost is not None and not (known and max_cost > 0):
        raise UserError(
            f"{option('max_cost', f'{max_cost:g}')} is given.",
            "A limit is a figure above 0." if known else "What a question costs is not known.",
            f"Give {option('prices')} of a million tokens in and out, or `prices` beside the spec's judge.",
        )
    budget = Budget(None if prices is None else Prices(*prices), max_cost)
    paying = asker.paid_by(budget)
    return paying, Purse(budget, paying.letters, asker.room)


def corrected_scores(done: ScoreResult, calibration: str | Path | Calibration) -> list[Corrected]:
    """The mean of each scorer that the calibration speaks of, raw and corrected by people's labels of the same answers;
    none where people labelled fewer than ten of them, or the scorer is another. Raises UserError where the file holds
    no calibration."""
    record = calibration if isinstance(calibration, Calibration) else read_calibration(Path(calibration))
    found = []
    for name, scores in done.scores.items():
        rows = [(row.prompt, row.text, one.value) for row, one in zip(done.read.kept, scores, strict=True)]
        made = corrected(name, rows, record) if speaks_of(record, name, done.versions[name]) else None
        found += [made] if made is not None else []
    return found


def _labels(given: Source, task: int | None) -> PeopleLabels:
    if not isinstance(given, str | Path) or not ("://" in str(given) or Path(given).suffix in _ROOM):
        return read_labels(given)
    from ..review import heard, only_task, reading_room, room_name, taught

    with reading_room(str(given)) as session:
        found = heard(session, only_task(session, str(given), task))
        made = taught(found, room_name(str(given)))
    return labels_of(room_name(str(given)), made.rows, made.rejected)


@contextmanager
def _asker(
    judge: str | Path | Scorer, labels: PeopleLabels, policy: PolicyLike | None, label: str | None,
    server: Judge | None, data: Source | None, progress: Progress,
) -> Iterator[Asker]:  # fmt: skip
    """Who is asked, while the block lasts. Raises UserError where there is no such scorer."""
    if not isinstance(judge, str | Path):
        yield ScorerAsker(judge.name, checked(judge))
    elif is_spec(judge):
        with judge_of_spec(spec_from(judge), progress) as found:
            yield found
    elif Path(judge).is_file():
        yield KeptVerdicts(Path(judge), labels)
    else:
        yield _named(str(judge), policy, label, server, data)


def _named(
    name: str, policy: PolicyLike | None, label: str | None, server: Judge | None, data: Source | None
) -> ScorerAsker:
    if data is not None and name != TRUTH:
        raise UserError(f"{option('data')} is given.", f"The judge {name} takes no references.", "Leave it out.")
    if name in ("judge", TRUTH) and server is None:
        needed = f"Give {option('judge_url')} and {option('judge_model')}."
        raise UserError("A judge is asked for.", "It needs a server and a model.", needed)
    if name == TRUTH and server is not None:
        source = TRUTHFULQA_GENERATION.built_in if data is None else data
        assert source is not None
        items = read_truthfulqa(source)
        known = claims_to_judge(items, {item.id: "" for item in items})
        return ScorerAsker(TRUTH, TruthScorer(server, {each.question: each for each in known}))
    folder = Path(policy).parent if isinstance(policy, str | Path) else None
    found = scorers_named([name], judge=server, policy=policy_from(policy), policy_folder=folder, label=label)
    if len(found) != 1:
        raise UserError(f"The judge is {name!r}.", f"That is {len(found)} scorers.", f"Name one: {next(iter(found))}.")
    ((called, scorer),) = found.items()
    return ScorerAsker(server.model if server is not None and scorer is server else called, scorer)


def _kept_at(asker: Asker, labels: PeopleLabels) -> Path:
    """Where a paid judge's verdicts are kept, unless it is told: beside the work, by the names of both."""
    names = [re.sub(r"[^\w.-]+", "-", name) for name in (Path(labels.name).stem, asker.own or asker.name)]
    return Path(f"{names[0]}.{names[1]}.verdicts.jsonl")
