"""What a feedback stage leaves, and the rows that a method trains on, made of it where it trains."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from ..data import Converted, counted, liked, to_comparisons, to_demonstrations, to_thumbs
from ..errors import UserError
from ..feedback import blend
from ..methods import METHODS
from ..records import (
    Comparison,
    Demonstration,
    FeedbackSource,
    FeedbackSummary,
    Kind,
    Ranking,
    Reject,
    SourcedRow,
    Supervision,
    Thumb,
    text_of,
    to_jsonl,
)
from ..spec import AUTO, LoadedSpec, TrainingSpec
from ..store import FileName, Stage
from .asking import SIDES, askings
from .gather import Gathered, gather, read_part, summary_of, without_broken
from .inputs import Inputs
from .older import older_gathered
from .sources.review import heard_now

SOFT = "soft_labels"
"""The setting of methods that train on soft labels."""
_TOLD = 3
"""Reasons that an error names."""
R = TypeVar("R", Comparison, Demonstration, Thumb)


@dataclass(frozen=True)
class TrainingRows(Generic[R]):
    """Rows of one type, `rejected` that could not become any, `left_out` what weights did not draw, and notes."""

    rows: tuple[R, ...]
    rejected: tuple[Reject, ...] = ()
    left_out: tuple[Reject, ...] = ()
    notes: tuple[str, ...] = ()


def write_gathered(stage: Stage, found: Gathered) -> FeedbackSummary:
    """Leaves the rows in a feedback stage, and the summary that it returns."""
    summary, unfit = summary_of(found)
    stage.write(FileName.SUPERVISION, to_jsonl(found.rows))
    stage.write(FileName.SOURCES, to_jsonl(found.sources))
    stage.write(FileName.REJECTED, to_jsonl((*found.rejected, *unfit)))
    stage.write(FileName.SUMMARY, summary.to_json())
    return summary


def read_gathered(feedback: Stage) -> Gathered:
    """The rows that a feedback stage left."""
    if not (feedback.folder / FileName.SUPERVISION).is_file():
        return older_gathered(feedback)
    return Gathered(
        tuple(feedback.read_lines(FileName.SOURCES, FeedbackSource)),
        tuple(feedback.read_lines(FileName.SUPERVISION, SourcedRow)),
        tuple(feedback.read_lines(FileName.REJECTED, Reject)),
        feedback.read(FileName.SUMMARY, FeedbackSummary).read,
    )


def supervision_inputs(feedback: Stage) -> dict[str, str]:
    """What a stage that reads the rows of a feedback stage hangs on."""
    return {name.partition(".")[0]: feedback.output(name) for name in (FileName.SUPERVISION, FileName.SOURCES)}


def training_rows(found: Gathered, training: TrainingSpec, seed: int) -> TrainingRows[Any]:
    """What the spec's method trains on. Where an SFT goes before it, demonstrations are that one's alone."""
    apart = (lambda row: not isinstance(row, Demonstration)) if training.first else None
    return _softly(rows_for(training.method_row.rows, found, seed, keep=apart), found, training)


def _softly(made: TrainingRows[Any], found: Gathered, training: TrainingSpec) -> TrainingRows[Any]:
    """The rows with their soft labels, or without them where the spec says so; told where the method takes none."""
    method = training.method_row
    if SOFT in method.settings:
        return made if training.soft_labels else replace(made, rows=tuple(map(_certain, made.rows)))
    unsure = sum(isinstance(each.row, Comparison) and each.row.probability != 1 for each in found.rows)
    note = (
        f"{unsure} comparisons have a soft label, which {method.title} does not take: each counts as certain "
        "(DPO and a reward model train on soft labels)"
    )
    return replace(made, notes=(*made.notes, note)) if unsure else made


def _certain(row: Supervision) -> Supervision:
    if not isinstance(row, Comparison) or row.probability == 1:
        return row
    return row.model_copy(update={"provenance": row.provenance.model_copy(update={"probability": None})})


def rows_before(found: Gathered, training: TrainingSpec, seed: int) -> TrainingRows[Demonstration]:
    """What the SFT before a method trains on: demonstrations, or where there are none what the method's rows show."""
    shown = rows_for("demonstration", found, seed, keep=lambda row: isinstance(row, Demonstration))
    if shown.rows:
        return shown
    taught = training_rows(found, training, seed)
    thumbs = [row for row in taught.rows if isinstance(row, Thumb)]
    made = to_demonstrations([row for row in taught.rows if not isinstance(row, Thumb)])
    return TrainingRows((*made.made, *liked(thumbs)))


def comparisons_of(found: Gathered, training: TrainingSpec) -> list[Comparison]:
    """The comparisons that an audit looks at: each once, whatever the weights."""
    paired = pairs_thumbs(training)
    parts = _each("comparison", found, lambda row: paired or not isinstance(row, Thumb))
    return [row for part in parts for row in part.made]


def pairs_thumbs(training: TrainingSpec) -> bool:
    """Whether an audit looks at pairs of thumbs: where the method trains on pairs, and else at no such pair."""
    return training.method_row.rows == "comparison"


def rows_for(
    kind: Kind, found: Gathered, seed: int, *, keep: Callable[[Supervision], bool] | None = None
) -> TrainingRows[Any]:
    """Rows of a type, made of each source by itself, without what breaks the policy, and blended by their weights.

    `keep` tells which rows are to be looked at; others are not rejected.
    """
    parts: list[Converted[Any]] = _each(kind, found, keep or (lambda row: True))
    mixed = blend([(part.made, source.weight) for part, source in zip(parts, found.sources, strict=True)], seed)
    notes = [note for part in parts for note in part.notes]
    for source, (had, taken) in zip(found.sources, mixed.counts, strict=True):
        if taken != had:
            notes.append(f"{source.name}: a weight of {source.weight:g} takes {taken} of {had} {kind}s.")
    known = set(found.rejected)
    rejected = [reject for part in parts for reject in part.rejected if reject not in known]
    return TrainingRows(mixed.rows, tuple(rejected), tuple(_left_out(row) for row in mixed.left_out), tuple(notes))


def reward_rows(
    feedback: Stage, found: Gathered, training: TrainingSpec, seed: int
) -> tuple[list[Comparison], list[Ranking]]:
    """What a reward model trains on: the rankings of answers that were sampled, and comparisons of all other rows."""
    path = feedback.folder / FileName.RANKINGS
    ranked = feedback.read_lines(FileName.RANKINGS, Ranking) if path.is_file() else []
    if ranked:
        found = replace(found, rows=tuple(row for row in found.rows if not found.sources[row.source].sampled))
    return list(_softly(rows_for("comparison", found, seed), found, training).rows), ranked


def demand_something(found: Gathered, training: TrainingSpec, seed: int) -> None:
    """Raises UserError where the method has nothing to train on, with what it needs and what the feedback holds."""
    method = training.method_row
    if method.on_policy and not training.trains_a_reward:
        return
    taught = training_rows(found, training, seed)
    needs = f"{method.rows}s" if method.rows != "thumb" else "thumbs of both kinds"
    labels = {row.label for row in taught.rows if isinstance(row, Thumb)}
    if taught.rows and (method.rows != "thumb" or len(labels) == 2):
        return
    rejected = (*found.rejected, *taught.rejected)
    reasons = [reason for reason, _ in Counter(reject.reason for reject in rejected).most_common(_TOLD)]
    if taught.rows:
        reasons = [f"all {len(taught.rows)} thumbs are {'up' if labels == {True} else 'down'}"]
    rows = [sourced.row for sourced in found.rows]
    fed = [
        name
        for name, other in METHODS.items()
        if not other.on_policy and other.rows != method.rows and _feeds(other.rows, found, seed)
    ]
    feeding = ", ".join(f"{kind}s" for kind in method.fed_by)
    raise UserError(
        f"The feedback holds {counted(rows)} ({found.read} rows).",
        f"training.method is {training.method}, which needs {needs}, and none can be made: "
        f"{'; '.join(reasons) or 'no row'}.",
        f"Give {feeding} (docs/feedback.md)"
        + (f", or set training.method to {' or '.join(fed)}, which these rows can feed." if fed else "."),
    )


def _feeds(kind: Kind, found: Gathered, seed: int) -> bool:
    """Whether a method that takes rows of this type could train on these."""
    taught = rows_for(kind, found, seed).rows
    return bool(taught) and (kind != "thumb" or len({row.label for row in taught}) == 2)


def check_feedback(loaded: LoadedSpec, inputs: Inputs) -> list[str]:
    """What each file of feedback holds and what is rejected of it, in words.

    Of a review room it is how much was judged. Raises UserError where one of them cannot be read, or the method would
    have nothing to train on.
    """
    parts = [read_part(*file) for file in inputs.files]
    told = []
    for part in parts:
        told.append(f"{part.source.name}: {counted(part.kept)}; {len(part.rejected)} rejected")
        told += [f"  read as {form}" for form in part.forms]
        reasons = Counter(reject.reason for reject in part.rejected)
        for reason, count in reasons.most_common(_TOLD):
            first = next(reject.row for reject in part.rejected if reject.reason == reason)
            told.append(f"  {count} × {reason} (first: {first})")
    spec = loaded.spec
    reviewed = [one.review for one in spec.feedback.sources if one.review is not None]
    for room in reviewed:
        if room.sample is not None:
            told.append(f"{room.called}: {room.need} pairs are judged there in each round, once answers are sampled")
            continue
        found = heard_now(loaded, room)
        told.append(f"{room.called}: {found.judged} of {room.need} judged, {found.shown} items shown")
    for ruled in (one.constitution for one in spec.feedback.sources):
        if ruled is not None:
            rules = len(ruled.rules) or len(loaded.constitution(ruled).rules)
            judge = ruled.judge.model or "the model itself"
            most = 2 * ruled.judge.votes * len(inputs.train)
            by = f"judged by {judge}; at most {most} questions"
            told.append(f"{ruled.path}: {rules} rules, {'by their checks' if ruled.judge.by_checks else by}")
    for asking in askings(loaded, spec.name):
        people = spec.evaluation.people
        assert people is not None
        of = [side for side in SIDES if side in asking.sides]
        sides = "" if len(of) == 1 else f" each of {', '.join(of[:-1])} and {of[-1]}"
        told.append(f"{people.called}: {people.need} items{sides} for {', '.join(asking.metrics)}, once trained")
    if parts and not reviewed and not spec.feedback.drawn and spec.training.method != AUTO:
        demand_something(gather(parts), spec.training, spec.seed)
    return told


def _each(kind: Kind, found: Gathered, keep: Callable[[Supervision], bool]) -> list[Converted[Any]]:
    """What each source's rows make."""
    parts: list[Converted[Any]] = []
    for place, source in enumerate(found.sources):
        some = [sourced for sourced in found.of(place) if keep(sourced.row)]
        made = _converted(kind, [sourced.row for sourced in some], source.margin)
        fit, unfit = without_broken(made.made, some)
        parts.append(Converted(tuple(fit), (*made.rejected, *unfit), made.notes))
    return parts


def _converted(kind: Kind, rows: Sequence[Supervision], margin: float) -> Converted[Any]:
    match kind:
        case "comparison":
            return to_comparisons(rows, margin)
        case "thumb":
            return to_thumbs(rows)
        case "demonstration":
            return to_demonstrations(rows)
        case _:
            raise AssertionError(f"no method trains on a {kind}")


def _left_out(row: Comparison | Demonstration | Thumb) -> Reject:
    said = row.chosen if isinstance(row, Comparison) else row.completion
    reason = "left out by its file's weight (feedback.sources)"
    return Reject(source=row.provenance.source, row=row.id, reason=reason, excerpt=text_of(said)[:120])
