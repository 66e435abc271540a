"""Is the length-controlled win rate the published one? AlpacaEval 2's preferences, model by model.

    python benchmarks/winrate.py [FOLDER] [--published FILE] [--pool FOLDER2] [--out FILE]

FOLDER holds one CSV a model with the columns `preference` (0 to 1), `chars` and `chars_reference`; without it,
`alpacaeval` of the folder that TRIMTAB_DATA names. The published rates are a table, CSV or Markdown, with the model in
the first column, its win rate and its length-controlled one; without `--published`, `published.csv` or `README.md` in
FOLDER. With `--pool`, the judge's slope is `pooled_prior` over the models of FOLDER2, the one at hand left out.

The second table is where `JUDGE` comes from: the slope at which each published rate comes out, and what the method
says of each model with the prior that the others' slopes make. Models whose lengths are the reference's (a mean length
term within 0.2 of zero) tell nothing of it and are left out of that mean.
"""

import argparse
import csv
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trimtab.errors import UserError
from trimtab.stats import (
    JUDGE,
    Interval,
    LengthPrior,
    Uncontrolled,
    implied_slope,
    length_controlled,
    length_term,
    pooled_prior,
    win_rate,
)

_TELLS = 0.2
"""The mean length term from which on a model's published rate tells a slope."""
_COLUMNS = ("preference", "chars", "chars_reference")


@dataclass(frozen=True)
class Model:
    """One model's judged comparisons, shape (n,) each, and how many had no preference."""

    name: str
    preference: np.ndarray
    chars: np.ndarray
    reference: np.ndarray
    unjudged: int

    @property
    def comparisons(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self.preference, self.chars, self.reference

    @property
    def term(self) -> float:
        """The mean length term."""
        return float(length_term(self.chars, self.reference).term.mean())


@dataclass(frozen=True)
class Line:
    """What was found of a model, in per cent."""

    model: Model
    raw: float
    published: float
    found: Interval | Uncontrolled

    @property
    def error(self) -> float | None:
        return None if isinstance(self.found, Uncontrolled) else 100 * self.found.estimate - self.published

    @property
    def held(self) -> bool:
        """Whether interval or bounds hold the published rate, to its second decimal."""
        return round(100 * self.found.low, 2) <= self.published <= round(100 * self.found.high, 2)


def main() -> None:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = Path(os.environ.get("TRIMTAB_DATA", "../shared/data"))
    made.add_argument("folder", type=Path, nargs="?", default=data / "alpacaeval")
    made.add_argument("--published", type=Path)
    made.add_argument("--pool", type=Path)
    made.add_argument("--out", type=Path, default=Path("benchmarks/out/winrate.json"))
    arguments = made.parse_args()
    try:
        rates = published(arguments.published or _beside(arguments.folder))
        models = [model for model in read(arguments.folder) if _known(model, rates)]
        pool = read(arguments.pool) if arguments.pool else []
    except UserError as error:
        sys.exit(str(error))
    if not models:
        sys.exit(f"{arguments.folder} holds no model with a published rate.")
    lines = [line(model, rates[model.name], prior_for(model, pool)) for model in models]
    print(f"slope on length: {'pooled over ' + str(arguments.pool) if pool else JUDGE}\n")
    table(lines)
    result = {"rates": summary(lines)}
    left_out = leave_one_out(models, rates)
    if left_out:
        result["left out"] = summary(left_out)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(result, indent=1) + "\n")


def prior_for(model: Model, pool: Sequence[Model]) -> LengthPrior:
    """`JUDGE`, or what the other models of the pool make of it."""
    return pooled_prior([other.comparisons for other in pool if other.name != model.name])


def line(model: Model, rate: float, prior: LengthPrior) -> Line:
    """The model's rates under a prior."""
    found = length_controlled(*model.comparisons, prior=prior)
    return Line(model, 100 * win_rate(model.preference).estimate, rate, found)


def table(lines: Sequence[Line]) -> None:
    """A row a model, sorted by how far off it is."""
    print("| model | n | not judged | longer | raw | controlled | 95 % | published | error |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for each in sorted(lines, key=lambda one: -abs(one.error or 0.0)):
        model, found = each.model, each.found
        controlled = "cannot" if isinstance(found, Uncontrolled) else f"{100 * found.estimate:.2f}"
        error = "" if each.error is None else f"{each.error:+.2f}"
        bounds = f"{100 * found.low:.1f} to {100 * found.high:.1f}"
        longer = f"{100 * float((model.chars > model.reference).mean()):.1f}"
        cells = (model.name, str(len(model.preference)), str(model.unjudged), longer, f"{each.raw:.2f}", controlled,
                 bounds, f"{each.published:.2f}", error)  # fmt: skip
        print("| " + " | ".join(cells) + " |")


def summary(lines: Sequence[Line]) -> dict[str, float | int | None]:
    """Errors, share without a figure, and how often bounds and intervals hold the published rate; printed too."""
    errors = [abs(each.error) for each in lines if each.error is not None]
    without = [each for each in lines if each.error is None]
    figures: dict[str, float | int | None] = {
        "models": len(lines),
        "raw mean error": float(np.mean([abs(each.raw - each.published) for each in lines])),
        "mean error": float(np.mean(errors)) if errors else None,
        "max error": max(errors, default=None),
        "cannot be controlled for": len(without),
        "bounds hold the published rate": sum(each.held for each in without),
        "intervals hold it": sum(each.held for each in lines if each.error is not None),
    }
    print()
    for name, figure in figures.items():
        print(f"{name}: {figure:.2f}" if isinstance(figure, float) else f"{name}: {figure}")
    return figures


def leave_one_out(models: Sequence[Model], rates: Mapping[str, float]) -> list[Line]:
    """Each model under the prior that the published rates of the others make; empty where fewer than four tell."""
    telling = [model for model in models if abs(model.term) >= _TELLS]
    implied = {model.name: implied_slope(*model.comparisons, rates[model.name] / 100) for model in telling}
    slopes = {name: slope for name, slope in implied.items() if slope is not None}
    if len(slopes) < 4:
        return []
    whole = _prior(list(slopes.values()))
    print(f"\nslopes that published rates imply: mean {whole.mean:.3f}, sd {whole.sd:.3f}, of {len(slopes)} models\n")
    print("| model | implied slope | the others' mean | their sd | controlled | published | error |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    found = []
    for model in models:
        prior = _prior([slope for name, slope in slopes.items() if name != model.name])
        each = line(model, rates[model.name], prior)
        found.append(each)
        own = f"{slopes[model.name]:.2f}" if model.name in slopes else ""
        controlled = "cannot" if isinstance(each.found, Uncontrolled) else f"{100 * each.found.estimate:.2f}"
        error = "" if each.error is None else f"{each.error:+.2f}"
        cells = (model.name, own, f"{prior.mean:.2f}", f"{prior.sd:.2f}", controlled, f"{each.published:.2f}", error)
        print("| " + " | ".join(cells) + " |")
    return found


def _prior(slopes: Sequence[float]) -> LengthPrior:
    return LengthPrior(float(np.mean(slopes)), float(np.std(slopes, ddof=1)))


def read(folder: Path) -> list[Model]:
    """The models of a folder, by name. Raises UserError where there is none, or a value is no number."""
    found = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            if not set(_COLUMNS) <= set(reader.fieldnames or ()):
                continue  # the table of published rates, or another
            rows = list(reader)
        judged = [row for row in rows if row["preference"].strip().lower() not in ("", "nan", "none")]
        try:
            columns = [np.array([float(row[name]) for row in judged]) for name in _COLUMNS]
        except ValueError as error:
            raise UserError(f"{path} was given.", f"{error}.", "Give numbers.") from None
        found.append(Model(path.stem, *columns, unjudged=len(rows) - len(judged)))
    if not found:
        columns_ = ", ".join(_COLUMNS)
        raise UserError(f"{folder} was given.", f"It holds no CSV with the columns {columns_}.", "Give one that does.")
    return found


def published(path: Path) -> dict[str, float]:
    """The length-controlled rate of each model, in per cent, from a CSV or Markdown table. Raises UserError."""
    if not path.is_file():
        raise UserError(f"{path} was given.", "There is no such file.", "Give a table of published rates.")
    lines = path.read_text(encoding="utf-8").splitlines()
    if path.suffix == ".md":
        rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines if line.startswith("|")]
        rows = [row for row in rows if set("".join(row)) - set("-: ")]
    else:
        rows = [row for row in csv.reader(lines) if row]
    header = [name.strip().lower().replace("-", "_").replace(" ", "_") for name in rows[0]] if rows else []
    place = next((at for at, name in enumerate(header) if at and name.startswith(("length_controlled", "lc"))), None)
    if place is None:
        raise UserError(
            f"{path} was given.", "It has no column length_controlled.", "Name the columns in its first row."
        )
    try:
        return {row[0].strip(): float(row[place]) for row in rows[1:]}
    except (ValueError, IndexError) as error:
        raise UserError(f"{path} was given.", f"{error}.", "Give each model a rate in per cent.") from None


def _beside(folder: Path) -> Path:
    for name in ("published.csv", "README.md"):
        if (folder / name).is_file():
            return folder / name
    raise UserError(f"{folder} was given.", "No published rates lie there.", "Name them with --published FILE.")


def _known(model: Model, rates: Mapping[str, float]) -> bool:
    if model.name not in rates:
        print(f"{model.name}: no published rate, left out", file=sys.stderr)
    return model.name in rates


if __name__ == "__main__":
    main()
