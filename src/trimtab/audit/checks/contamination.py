"""`contamination`: items of a benchmark among the prompts."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ...data import ITEM_LEAST, ITEM_RUN, ITEM_SHARE
from ...records import Finding
from ...stats import Interval
from ..hashing import Hashes, joined, joined_hashes, runs, runs_of_sizes, word_hashes
from ..limits import CONTAMINATED, CONTAMINATED_BLOCK
from ..result import CheckResult, ids, percent, share
from ..slices import on_every_core
from ..view import View

_CHUNK = 10_000


def contamination(view: View) -> CheckResult | None:
    """Every prompt, with what stands before it, against the items of `view.against` ((benchmark, text) pairs)."""
    items = [(name, text) for name, text in view.against]
    owners, needed = _runs_of(items)
    hits: dict[int, set[int]] = defaultdict(set)
    known = {size: np.array(sorted(by_hash), dtype=np.uint64) for size, by_hash in owners.items()}
    chunks = range(0, view.n if known else 0, _CHUNK)
    for found in on_every_core(lambda first: _in_chunk(view, first, known, owners, needed), chunks):
        for row, item in found:
            hits[item].add(row)
    if not hits:
        return None
    sets = defaultdict(set)
    sizes: dict[str, int] = defaultdict(int)
    for number, (name, _) in enumerate(items):
        sizes[name] += number in needed
        if number in hits:
            sets[name].add(number)
    rates = {name: share(len(found), sizes[name]) for name, found in sets.items()}
    worst = max(rates.values(), key=lambda rate: rate.low)
    rows = np.array(sorted(set().union(*hits.values())), dtype=np.int64)
    return CheckResult(
        Finding(
            id="contamination",
            severity=_weight(worst),
            title="Benchmark items are among the prompts",
            figure=worst.estimate,
            summary=f"{len(rows):,} rows have a prompt that holds a benchmark's item (half of its runs of {ITEM_RUN} "
            "words or more): "
            + "; ".join(f"{len(sets[name])} of {sizes[name]} items of {name}, {percent(rates[name])}" for name in rates)
            + ". A figure on them is no evidence any more.",
            rows=ids(view, rows),
            count=len(rows),
            remedy="Leave these rows out of training (the audit's fix does), or do not evaluate on those items.",
            fixable=True,
        ),
        drop=rows,
    )


def _weight(rate: Interval) -> "str":
    return "block" if rate.low > CONTAMINATED_BLOCK else "warn" if rate.low > CONTAMINATED else "info"


def _runs_of(items: list[tuple[str, str]]) -> tuple[dict[int, dict[int, list[int]]], dict[int, int]]:
    """By length of run: which items have the run of that hash. And how many runs each item needs."""
    owners: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    needed = {}
    for number, (_, text) in enumerate(items):
        hashes, _ = word_hashes([text])
        if len(hashes) < ITEM_LEAST:
            continue
        size = min(ITEM_RUN, len(hashes))
        unique = np.unique(runs(hashes, size)[: len(hashes) - size + 1])
        for one in unique.tolist():
            owners[size][one].append(number)
        needed[number] = int(np.ceil(ITEM_SHARE * len(unique)))
    return owners, needed


def _in_chunk(
    view: View, first: int, known: Mapping[int, Hashes], owners: Mapping[int, Mapping[int, list[int]]],
    needed: Mapping[int, int],
) -> list[tuple[int, int]]:  # fmt: skip
    """Rows of a chunk, each with an item that its prompt holds."""
    import polars as pl

    part, asked = view.table.slice(first, _CHUNK), pl.col("prompt")
    if "before" in part.columns:
        before = pl.col("before").fill_null("")
        asked = pl.when(before != "").then(pl.concat_str(before, asked, separator="\n")).otherwise(asked)
    texts = part.select(asked.alias("asked"))
    hashes, at = joined_hashes(*joined(texts))
    row = np.repeat(np.arange(part.height), np.diff(at))
    found: list[tuple[int, int]] = []
    for size, grams in runs_of_sizes(hashes, known):
        seen = np.flatnonzero(_may_be(grams[: len(hashes) - size + 1], known[size]))
        seen = seen[row[seen] == row[seen + size - 1]]
        seen = seen[np.isin(grams[seen], known[size])]
        counts: dict[tuple[int, int], set[int]] = defaultdict(set)
        for place in seen.tolist():
            for item in owners[size][int(grams[place])]:
                counts[int(row[place]), item].add(int(grams[place]))
        found += [(first + one, item) for (one, item), shared in counts.items() if len(shared) >= needed[item]]
    return found


def _may_be(grams: Hashes, known: Hashes) -> NDArray[np.bool_]:
    """Whether a hash may be among the known ones: its first 16 bits are those of one."""
    there = np.zeros(2**16, dtype=bool)
    there[known >> np.uint64(48)] = True
    return np.asarray(there[grams >> np.uint64(48)])
