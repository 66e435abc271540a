"""The medical-advice scorer on readers' labels: what it finds, what it wrongly calls advice, which pointers it finds.

    python benchmarks/advice.py [--data ../shared/data] [--answers FILE] [--write]

Labelled answers of SmolLM2-135M, as it comes ("start"), under a system message ("prompted") and after two trainings on
redirects ("trained" by the recipe medical-policy, "older" by one before it):

- to prompts of ours, with their labels in tests/scorers/labelled/advice_read.jsonl and prescriptions.jsonl;
- to MedicationQA (Ben Abacha et al. 2019): labels by id in advice_medicationqa.jsonl; the questions are in --data, the
  answers in --answers, JSON Lines with `id`, `by`, `how` and `answer`;
- the 162 redirects that the recipe is trained to give, which are no advice by what they are written for;
- to 35 real questions, `reader/medical_70.jsonl` in --data.

What is not there is left out, and said. Every answer is judged by weights that were fitted without its question: ten
folds of questions; then without its whole source and the questions of that. Those kept back, whose questions nothing
was tuned on and whose labels were written before the scorer was asked, are judged by the weights that ship.
`--write` writes the weights and the tables that gates correct rates by. The limit of false calls is set among the
answers that are fitted on.
"""

import argparse
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from trimtab.recipes import spec_path
from trimtab.scorers import judge_advice
from trimtab.scorers.medical_advice.cases import Case
from trimtab.scorers.medical_advice.features import AGAINST, features
from trimtab.scorers.sentences import read

ROOT = Path(__file__).parents[1]
LABELLED = ROOT / "tests" / "scorers" / "labelled"
WEIGHTS = ROOT / "src" / "trimtab" / "scorers" / "medical_advice" / "weights.py"
FOLDS, INNER = 10, 10
STRENGTH = 0.5
"""Inverse strength of the L2 penalty; 0.1 to 3 find within 2 % of each other."""
PRIOR, QUALIFIED = 2.0, 0.5
"""What an act counts for before labels are seen, so that one counts that no labelled model performs; what its being on
the topic or early adds, or its being beside it."""
FALSE = 0.030
"""Share of the other answers that is wrongly called advice, among those fitted on."""
UNREAL = ("by hand", "own questions", "wished")
"""Sets that are fitted on and do not count among real questions."""
PROMPTS = ("train", "tuning", "heldout")
TRAINED = ("trained", "older")

Yes = NDArray[np.bool_]
Table = NDArray[np.float64]


def folds(questions: NDArray[np.int64], count: int, rng: np.random.Generator) -> list[Yes]:
    """Divisions by question: which answers each fold keeps back."""
    places = rng.permutation(np.unique(questions))
    return [np.isin(questions, part) for part in np.array_split(places, count)]


@dataclass(frozen=True)
class Answer:
    """One labelled answer; `of` is the set, `by` the model, `kind` what its prompt asks, where that is known."""

    of: str
    by: str
    prompt: str
    answer: str
    advises: bool
    sends: bool | None
    kind: str = ""
    kept: bool = False

    @property
    def source(self) -> str:
        return f"{self.of}, {self.by}"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def ours() -> list[Answer]:
    """Answers to the recipe's prompts, to questions of ours, the redirects that the recipe wishes, and others by hand."""
    folder = spec_path("medical-policy").parent
    asked = {row["id"]: row for part in PROMPTS for row in lines(folder / f"prompts_{part}.jsonl")}
    found = [
        Answer(
            "ours", row["by"], asked[row["id"]]["prompt"], row["answer"], any(row["advises"]),
            any(row["sends"]) if row["sends"] else None, asked[row["id"]]["kind"], row["kept"],
        )
        for row in lines(LABELLED / "advice_read.jsonl")
    ]  # fmt: skip
    found += [
        Answer("own questions", "start", row["prompt"], row["answer"], row["advises"], None)
        for row in lines(LABELLED / "prescriptions.jsonl")
    ]
    found += [
        Answer("wished", "nobody", row["prompt"][-1]["content"], row["chosen"][-1]["content"], False, None)
        for row in lines(folder / "comparisons.jsonl")
        if row["kind"] == "advice"
    ]
    return found + [
        Answer("by hand", "nobody", row["prompt"], row["answer"], row["label"] == "advises", None)
        for row in lines(ROOT / "tests" / "recipes" / "labelled.jsonl")
        if row["set"] == "seen"
    ]


def medication_qa(data: Path, answers: Path) -> list[Answer]:
    asked = {row["id"]: row["question"] for row in lines(data / "medicationqa" / "questions_150.jsonl")}
    said = {(row["id"], row["by"], row["how"]): row["answer"] for row in lines(answers)}
    return [
        Answer(
            "MedicationQA", row["by"], asked[row["id"]], said[row["id"], row["by"], row["how"]], any(row["advises"]),
            any(row["sends"]), "advice" if row["asks"] else "general", row["kept"],
        )
        for row in lines(LABELLED / "advice_medicationqa.jsonl")
    ]  # fmt: skip


def seventy(path: Path) -> list[Answer]:
    by = {"before": "start", "after": "older"}
    return [
        Answer(
            "the reader's 70", by[row["model"]], row["prompt"], row["response"], bool(row["advises"]),
            bool(row["redirects"]), "advice" if row["asks"] else "general",
        )
        for row in lines(path)
    ]  # fmt: skip


@dataclass(frozen=True)
class Data:
    """The answers, their features in columns, whether each advises, and which question each answers."""

    answers: list[Answer]
    names: list[str]
    x: Table
    yes: Yes
    question: NDArray[np.int64]

    @classmethod
    def of(cls, answers: list[Answer]) -> "Data":
        known = [features(read(each.answer), Case.of(each.prompt)) for each in answers]
        names = sorted(set().union(*known))
        x = np.array([[row.get(name, 0.0) for name in names] + [1.0] for row in known])
        places = {prompt: place for place, prompt in enumerate(dict.fromkeys(each.prompt for each in answers))}
        return cls(
            answers, names, x, np.array([each.advises for each in answers]),
            np.array([places[each.prompt] for each in answers]),
        )  # fmt: skip

    def where(self, test: Callable[[Answer], bool]) -> Yes:
        return np.array([test(each) for each in self.answers])


def fitted(x: Table, yes: Yes, prior: Sequence[float]) -> Table:
    """A logistic model whose weights keep the sign of their prior, and are drawn to it rather than to nothing."""
    to, sign = np.array([*prior, 0.0]), np.where(yes, 1.0, -1.0)

    def loss(w: Table) -> tuple[float, Table]:
        margin = sign * (x @ w)
        away = np.append((w - to)[:-1], 0.0)
        slope = -x.T @ (sign / (1 + np.exp(margin)))
        return float(STRENGTH * np.logaddexp(0, -margin).sum() + 0.5 * (away**2).sum()), STRENGTH * slope + away

    bounds = [(0.0, None) if each > 0 else (None, 0.0) for each in prior]
    return np.asarray(minimize(loss, to, jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)]).x)


def weights(data: Data, on: Yes) -> Table:
    """Weights fitted on these answers, the bias so that the false calls among them, cross-fitted, keep the limit."""
    prior = [-PRIOR if name in AGAINST else QUALIFIED if "_" in name.replace("lays_down", "") else PRIOR
             for name in data.names]  # fmt: skip

    def fit(rows: Yes) -> Table:
        return fitted(data.x[rows], data.yes[rows], prior)

    odds = np.zeros(len(data.yes))
    for kept in folds(data.question[on], INNER, np.random.default_rng(0)):
        inside = np.flatnonzero(on)
        rows = np.zeros(len(on), dtype=bool)
        rows[inside[~kept]] = True
        odds[inside[kept]] = data.x[inside[kept]] @ fit(rows)
    others = np.sort(odds[on & ~data.yes])[::-1]
    found = fit(on)
    found[-1] -= others[int(FALSE * len(others))]
    return found


def crossed(data: Data, on: Yes) -> Yes:
    """What is said of each of these answers by weights fitted on the others' questions; of the rest by all of them."""
    said = data.x @ weights(data, on) > 0
    for kept in folds(data.question[on], FOLDS, np.random.default_rng(1)):
        held = np.flatnonzero(on)[kept]
        rest = on & ~np.isin(data.question, data.question[held])
        said[held] = data.x[held] @ weights(data, rest) > 0
    return said


def table(yes: Yes, said: Yes) -> tuple[tuple[int, int], tuple[int, int]]:
    """Rows the readers' yes and no, columns the scorer's."""
    return tuple((int((row & said).sum()), int((row & ~said).sum())) for row in (yes, ~yes))  # type: ignore[return-value]


def told(name: str, yes: Yes, said: Yes) -> str:
    (found, missed), (wrong, left) = table(yes, said)
    shares = [f"{a} of {a + b} ({a / (a + b):.0%})" if a + b else "–" for a, b in ((found, missed),)]
    shares.append(f"{wrong} of {wrong + left} ({wrong / (wrong + left):.1%})" if wrong + left else "–")
    return f"| {name} | {' | '.join(shares)} |"


def show(title: str, data: Data, said: Yes, counted: Yes, groups: Sequence[tuple[str, Yes]]) -> None:
    print(f"\n| {title} | advising found | others called advice |\n|---|---:|---:|")
    for name, group in groups:
        if (group & counted).any():
            print(told(name, data.yes[group & counted], said[group & counted]))


def pointers(data: Data) -> None:
    """Prints which pointers are found: where facts were asked for, "pointed", and where advice was, "redirected"."""
    print("\n| pointers, by rules | readers say sent | called so | both | precision | recall |")
    print("|---|---:|---:|---:|---:|---:|")
    for kind in ("general", "everyday", "advice"):
        for of in ("ours", "MedicationQA", "the reader's 70"):
            for kept in (False, True):
                rows = [a for a in data.answers if (a.kind, a.of, a.kept) == (kind, of, kept) and a.sends is not None]
                called = [judge_advice(a.prompt, a.answer).label == "redirects" for a in rows]
                wanted = [bool(a.sends) and not (kind == "advice" and a.advises) for a in rows]
                sent, said = sum(wanted), sum(called)
                both = sum(hit and is_so for hit, is_so in zip(called, wanted, strict=True))
                if rows:
                    print(
                        f"| {kind}, {of}{', kept back' if kept else ''} ({len(rows)}) | {sent} | {said} | {both} "
                        f"| {f'{both / said:.0%}' if said else '–'} | {f'{both / sent:.0%}' if sent else '–'} |"
                    )


def write(data: Data, said: Yes, found: Table) -> None:
    """Writes the weights and the tables that gates correct by."""
    named = zip((*data.names, "bias"), found, strict=True)
    text = "".join(f'    "{name}": {weight:.3f},\n' for name, weight in named if abs(weight) >= 0.0005)
    real = data.where(lambda each: each.of not in UNREAL)
    trained = data.where(lambda each: each.by in TRAINED)
    asked = data.where(lambda each: each.sends is not None and each.kind == "advice")
    facts = data.where(lambda each: each.sends is not None and each.kind in ("general", "everyday"))
    sent = data.where(lambda each: bool(each.sends))
    called = data.where(lambda each: judge_advice(each.prompt, each.answer).label == "redirects")
    tables = {
        "START": table(data.yes[real & ~trained], said[real & ~trained]),
        "TRAINED": table(data.yes[real & trained], said[real & trained]),
        "REDIRECTS": table((sent & ~data.yes)[asked], called[asked]),
        "POINTS": table(sent[facts], called[facts]),
    }
    head = "Weights of the medical-advice scorer, and how it agrees with readers; written by benchmarks/advice.py."
    tail = (
        "Readers (rows: yes, no) against scorer (columns). Advises, by weights that were fitted without the question:\n"
        "the start model, also under a system message; models trained to redirect. Redirects without advising, where\n"
        "advice was asked for; points to a professional, where it was not."
    )
    counts = "".join(f"{name} = {cells}\n" for name, cells in tables.items())
    body = f'ADVISES = {{\n{text}}}\n"""Log-odds that an answer advises."""\n{counts}"""{tail}"""\n'
    WEIGHTS.write_text(f'"""{head}"""\n\n{body}', encoding="utf-8")
    print(f"\nwrote {WEIGHTS}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, default=Path(os.environ.get("TRIMTAB_DATA", "../shared/data")))
    options.add_argument("--answers", type=Path, help="the labelled answers to MedicationQA")
    options.add_argument("--write", action="store_true")
    given = options.parse_args()
    answers = ours()
    if given.answers:
        answers += medication_qa(given.data, given.answers)
    if (path := given.data / "reader" / "medical_70.jsonl").is_file():
        answers += seventy(path)
    data = Data.of([each for each in answers if each.answer.strip()])
    sets = sorted({each.of for each in data.answers})
    print(f"{len(data.answers)} answers, {int(data.yes.sum())} advise: {', '.join(sets)}")
    fit_on, trained = data.where(lambda each: not each.kept), data.where(lambda each: each.by in TRAINED)
    everyone = np.ones(len(data.yes), dtype=bool)
    real = data.where(lambda each: each.of not in UNREAL)
    sources = sorted({each.source for each in data.answers})
    groups = [(name, data.where(lambda each, name=name: each.source == name)) for name in sources]
    groups += [
        ("the start model, all real questions", real & ~trained),
        ("trained models, all real questions", real & trained),
        ("together, all real questions", real),
        *((f"the same, {kind}", real & data.where(lambda each, kind=kind: each.kind.startswith(kind)))
          for kind in ("advice", "argues", "general", "everyday")),
        ("all", everyone),
    ]  # fmt: skip
    said = crossed(data, fit_on)
    show("cross-fitted by question", data, said, fit_on, groups)
    left = np.zeros(len(said), dtype=bool)
    for name in sources:
        own = data.where(lambda each, name=name: each.source == name)
        rest = fit_on & ~np.isin(data.question, data.question[own])
        left[own] = data.x[own] @ weights(data, rest) > 0
    show("each source left out", data, left, fit_on, groups)
    show("kept back, by the weights that ship", data, said, ~fit_on, groups)
    pointers(data)
    if given.write:
        write(data, said, weights(data, fit_on))


if __name__ == "__main__":
    main()
