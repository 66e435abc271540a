"""The table that the checks look at, and what several of them need, computed once."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..data import CALLS, THOUGHT, TURNS, read_back
from ..records import Policy, asked_of, split_thought, thought_hint
from ..scorers import Criterion, Points
from .features import all_difference, form_difference
from .harm import refusal, should_answer
from .helping import Helped, helped
from .learn import out_of_fold
from .limits import CLASSIFIER_ROWS, READ, SAMPLE
from .markers import ANY, marked
from .minhash import Texts, texts_of
from .named import Named
from .personal import SUSPECT, personal
from .slices import told_of

if TYPE_CHECKING:
    import polars

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]
Scores = Mapping[str, tuple[float | None, float | None]]
"""What a row's judge noted of both sides, by scorer."""


def _without_thought(table: "polars.DataFrame") -> tuple["polars.DataFrame", tuple[Flags, Flags]]:
    """The table with the answers of both sides alone, and which chosen and which rejected sides think before them.

    A thought that is empty is one where the other side has not even its marks: they tell the sides apart as well.
    """
    import polars as pl

    flags, marks = [], []
    for side in ("chosen", "rejected"):
        thinks, marked = np.zeros(table.height, dtype=bool), np.zeros(table.height, dtype=bool)
        may = told_of(table, pl.col(side).str.contains(thought_hint()).fill_null(False))
        answers: dict[int, str] = {}
        for row in np.flatnonzero(may).tolist():
            text = table[side][row]
            thought, answer = split_thought(text)
            thinks[row] = thought is not None
            if answer != text and text.strip():
                marked[row] = True
                answers[row] = answer or ""
        if answers:
            column = table[side].to_list()
            for row, answer in answers.items():
                column[row] = answer
            table = table.with_columns(pl.Series(side, column, dtype=pl.String))
        flags.append(thinks)
        marks.append(marked)
    return table, (flags[0] | marks[0] & ~marks[1], flags[1] | marks[1] & ~marks[0])


@dataclass(frozen=True)
class Refusals:
    """Which side alone refuses in full while the other complies, on sampled rows whose prompt is harmless and of which
    both sides could be judged."""

    rows: Rows
    looked: int
    chosen: Flags
    rejected: Flags


@dataclass(frozen=True)
class PersonalRows:
    """Rows with what surely is somebody's, by the kinds that each holds, and those with what may be."""

    sure: Mapping[int, frozenset[str]]
    unsure: Sequence[int]


@dataclass(frozen=True)
class MarkedRows:
    """Rows with a template's markers: those with a slip to be cut (of which side, as flags over them), and those with
    what may be meant (and whether a dialogue was asked for)."""

    cut: Rows
    chosen: Flags
    rejected: Flags
    left: Rows
    asked: Flags


class View:
    """A frame as `data.frame_of` makes it (only prompt, chosen and rejected must be there), read-only.

    In `table` both sides are answers alone; in `trained` they are as they stand, with the thought before them, where
    there is one.
    """

    def __init__(
        self, table: "polars.DataFrame", *, seed: int = 0, against: Sequence[tuple[str, str]] = (),
        model: Any = None, tokenizer: Any = None, max_length: int = 1024, policy: Policy | None = None,
        rubric: Sequence[Criterion] = (), scores: Sequence[Scores] = (), points: Points | None = None,
    ) -> None:  # fmt: skip
        self.trained = table
        self.table, self._thinks = _without_thought(table)
        self.n = table.height
        self.seed = seed
        self.against = against
        self.policy = policy
        self.model = model
        self.tokenizer = tokenizer
        self.max_length = max_length
        self.rubric = rubric
        self.scores = scores
        self.points = points
        self._begun: dict[str, Future[NDArray[Any]]] = {}

    def begin(self, threads: Executor) -> None:
        """Begins what checks of a sample and of all rows will ask for and what holds up no Python meanwhile: the
        classifiers' fits, and the looks for markers and for what is somebody's."""
        if len(self.sample("classifier")) >= CLASSIFIER_ROWS:
            groups = self.sides[0][self.sample("classifier")]
            self._begun["foretold"] = threads.submit(_foretold, self._difference, groups, self.seed)
        self._begun |= {"suspect": threads.submit(self._suspect), "any marker": threads.submit(self._any_marker)}

    def _ready(self, name: str, made: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """What was begun, or else is made now."""
        return self._begun.pop(name).result() if name in self._begun else made()

    def scored(self, name: str, rows: Rows) -> NDArray[np.float64] | None:
        """What the judge's scorer of that name gave to both sides of rows, shape (2, rows), nan where nothing; None
        where it gave none of them any."""
        if not self.scores:
            return None
        pairs = [self.scores[row].get(name, (None, None)) for row in rows.tolist()]
        found = np.array([[np.nan if value is None else value for value in pair] for pair in pairs]).reshape(-1, 2).T
        return found if np.isfinite(found).any() else None

    def sample(self, name: str) -> Rows:
        """Rows in order, SAMPLE[name] of them at most."""
        most = SAMPLE[name]
        if self.n <= most:
            return np.arange(self.n)
        return np.sort(np.random.default_rng(self.seed).choice(self.n, most, replace=False))

    @cached_property
    def helped(self) -> Helped:
        """How both sides of a sample help, where the prompt is to be answered and the chosen side does not refuse
        alone: that is another finding."""
        rows = np.setdiff1d(self.answerable("help"), self.refusals.rows[self.refusals.chosen])
        asked, chosen, rejected = (self.text(name, rows) for name in ("prompt", "chosen", "rejected"))
        return helped(rows, asked, (chosen, rejected), self.points)

    def answerable(self, name: str) -> Rows:
        """Of the rows of a sample, those whose prompt is to be answered, as far as policy and words tell."""
        rows = self.sample(name)
        before = self.text("before", rows) if "before" in self.table.columns else [""] * len(rows)
        prompts = self.text("prompt", rows)
        keep = [should_answer(b, f"{a}\n{b}", self.policy) for a, b in zip(before, prompts, strict=True)]
        return np.asarray(rows[np.array(keep, dtype=bool)], dtype=np.int64)

    def text(self, column: str, rows: Rows | None = None) -> list[str]:
        """A column's values, of all rows or of some, as far as scorers read them (READ)."""
        values = self.table[column]
        return list((values if rows is None else values.gather(rows)).str.head(READ).to_list())

    @cached_property
    def texts(self) -> Texts:
        """Word counts and min-hashes of all rows."""
        return texts_of(self.table)

    @property
    def words(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Words of the chosen and of the rejected side."""
        return self.texts.words[:, 1], self.texts.words[:, 2]

    @cached_property
    def personal(self) -> PersonalRows:
        """What all texts of all rows hold of people."""
        sure: dict[int, frozenset[str]] = {}
        unsure: list[int] = []
        for row in np.flatnonzero(self._ready("suspect", self._suspect)).tolist():
            item = self.trained.row(row, named=True)
            found = [one for name in self._written for one in personal(item[name] or "")]
            if any(one.sure for one in found):
                sure[row] = frozenset(one.kind for one in found if one.sure)
            if any(not one.sure for one in found):
                unsure.append(row)
        return PersonalRows(sure, unsure)

    @property
    def _written(self) -> list[str]:
        return [name for name in ("prompt", "before", "chosen", "rejected") if name in self.trained.columns]

    def _suspect(self) -> Flags:
        """Which rows may hold what is somebody's."""
        import polars as pl

        looks = pl.any_horizontal(pl.col(self._written).str.contains(SUSPECT)).fill_null(False)
        return told_of(self.trained, looks)

    def _any_marker(self) -> Flags:
        """Which rows have any marker in either side."""
        import polars as pl

        looks = pl.any_horizontal(pl.col("chosen", "rejected").str.contains(ANY))
        return told_of(self.trained, looks)

    def beside(self, name: str) -> tuple[Flags, Flags]:
        """Which chosen and which rejected sides have a part beside their text, as `data.frame_of` tells; a thought also
        between marks."""
        sides = []
        for side, thinks in zip(("chosen_beside", "rejected_beside"), self._thinks, strict=True):
            has = thinks if name == THOUGHT else np.zeros(self.n, dtype=bool)
            if side in self.table.columns:
                has = has | self.table[side].str.contains(rf"\b{name}\b").fill_null(False).to_numpy()
            sides.append(has)
        return sides[0], sides[1]

    @cached_property
    def alike(self) -> Flags:
        """Rows of which neither side alone calls tools or goes on over further turns, which is text of another kind."""
        return ~np.logical_or(*(np.logical_xor(*self.beside(name)) for name in (CALLS, TURNS)))

    def behind_thought(self, side: str, rows: NDArray[np.int64]) -> list[str]:
        """A side's answers as they are trained, behind what is thought, with whatever stands after them."""
        answers, whole = (table[side].gather(rows).to_list() for table in (self.table, self.trained))
        return [text[max(0, text.rfind(answer)) :] for answer, text in zip(answers, whole, strict=True)]

    @cached_property
    def marked(self) -> MarkedRows:
        """A chat template's markers in either side of all rows."""
        rows = np.flatnonzero(self._ready("any marker", self._any_marker))
        asked = self.table["prompt"].gather(rows).to_list()
        sides = [self.behind_thought(side, rows) for side in ("chosen", "rejected")]
        said = [asked_of(back) if (back := read_back(prompt)) else prompt for prompt in asked]
        found = [[marked(text, prompt) for text, prompt in zip(side, said, strict=True)] for side in sides]
        cut = np.array([[one.cut for one in side] for side in found], dtype=bool).reshape(2, -1)
        left = np.array([a.left or b.left for a, b in zip(*found, strict=True)], dtype=bool)
        wanted = np.array([one.asked for one in found[0]], dtype=bool)
        either = cut.any(axis=0)
        return MarkedRows(rows[either], cut[0][either], cut[1][either], rows[left], wanted[left])

    @cached_property
    def judges(self) -> Named | None:
        """The judge of each row, "" where unknown; None where no row names one."""
        if "judge" not in self.table.columns:
            return None
        found = Named.of(self.table["judge"].replace("unknown", ""))
        return found if found.known.any() else None

    @cached_property
    def rules(self) -> NDArray[np.str_] | None:
        """The rule that decided each row, "" where none did; None where no row names one."""
        if "rule" not in self.table.columns:
            return None
        named = np.array([rule or "" for rule in self.text("rule")])
        return named if (named != "").any() else None

    @cached_property
    def form(self) -> NDArray[np.float64]:
        """The figures of form of the sample for classifiers, chosen less rejected: (rows, len(FORM))."""
        rows = self.sample("classifier")
        return form_difference(self.text("chosen", rows), self.text("rejected", rows))

    @cached_property
    def foretold(self) -> NDArray[np.float64]:
        """What a classifier of form, length and words that never saw a row of the sample says of it: log-odds that its
        chosen side is the better one."""
        groups = self.sides[0][self.sample("classifier")]
        return self._ready("foretold", lambda: _foretold(self._difference, groups, self.seed))

    @property
    def _difference(self) -> Any:
        rows = self.sample("classifier")
        return all_difference(self.form, self.text("chosen", rows), self.text("rejected", rows))

    @cached_property
    def sides(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint64]]:
        """Hashes of the whole prompt, of prompt and chosen, and of prompt and rejected."""
        import polars as pl

        key = "prompt_key" if "prompt_key" in self.table.columns else "prompt"
        prompt = told_of(self.table, pl.col(key).hash(0))
        sides = (pl.col(name).str.strip_chars().hash(1) for name in ("chosen", "rejected"))
        chosen, rejected = (told_of(self.table, side) for side in sides)
        mix = np.uint64(0x9E3779B97F4A7C15)
        return prompt, chosen * mix ^ prompt, rejected * mix ^ prompt

    @cached_property
    def refusals(self) -> Refusals:
        """Refusals on a sample, where the prompt is to be answered."""
        rows = self.answerable("refusal")
        asked = self.text("prompt", rows)
        said = [
            [refusal(p, a, self.policy) for p, a in zip(asked, self.text(side, rows), strict=True)]
            for side in ("chosen", "rejected")
        ]
        judged = np.array([None not in sides for sides in zip(*said, strict=True)], dtype=bool)
        chosen, rejected = (np.array([label or "" for label in labels])[judged] for labels in said)
        return Refusals(
            rows[judged],
            len(self.sample("refusal")),
            (chosen == "refuse") & (rejected == "comply"),
            (rejected == "refuse") & (chosen == "comply"),
        )


def _foretold(difference: Any, groups: NDArray[Any], seed: int) -> NDArray[np.float64]:
    return out_of_fold(difference, groups, seed, strength=0.3)
