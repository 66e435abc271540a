"""What is reckoned in chunks, in slices and in other threads is what is reckoned of each row alone, or all at once."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
import pytest

from made_comparisons import clean
from trimtab.audit import minhash, slices
from trimtab.audit.hashing import runs, runs_of_sizes, word_hashes
from trimtab.audit.minhash import BAND, BANDS, texts_of
from trimtab.audit.slices import told_of
from trimtab.audit.view import View

ODD = [
    ("天空 what", "", "茶"),
    ("", "one", ""),
    ("hi", "カタカナ、ひらがな。", "b c"),
    ("x", "", ""),
    ("é ü", "ok", "no no"),
]


def table() -> pl.DataFrame:
    rows = [(str(row["prompt"]), str(row["chosen"]), str(row["rejected"])) for row in clean(3)[:70]]
    said = [*rows[:30], *ODD, *rows[30:]]
    return pl.DataFrame(said, schema=["prompt", "chosen", "rejected"], orient="row")


def test_runs_of_several_sizes_are_those_of_each() -> None:
    hashes, _ = word_hashes(["one two three four five six seven"])
    mix, last = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
    found = dict(runs_of_sizes(hashes, {2, 4, 7, 9}))
    assert list(found) == [2, 4, 7]  # there are no nine words
    for size, some in found.items():
        for first in range(len(hashes) - size + 1):
            total = hashes[first : first + 1].copy()
            for word in hashes[first + 1 : first + size]:
                total = total * mix + word
                total ^= total >> np.uint64(31)
            assert some[first] == (total * last)[0]
        assert np.array_equal(some, runs(hashes, size))
    assert not list(runs_of_sizes(hashes, ()))


def test_rows_without_a_word_are_counted_as_such() -> None:
    mute = pl.DataFrame({"prompt": ["?", ""], "chosen": ["...", "!"], "rejected": ["!", "-"]})
    assert texts_of(mute).words.tolist() == [[0, 0, 0]] * 2
    assert len(runs(word_hashes(["one"])[0], 2)) == 1


@pytest.mark.parametrize("mute", [("so it is", "...", "!"), ("", "", "-")])
def test_a_row_without_a_word_at_the_end_of_a_block_has_its_neighbours(
    mute: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    some = pl.concat([table()[:5], pl.DataFrame([mute], table().schema, orient="row"), table()[5:12]])
    whole = texts_of(some)
    monkeypatch.setattr(minhash, "_BLOCK", 6)
    assert np.array_equal(texts_of(some).answers, whole.answers)
    assert np.array_equal(texts_of(some).prompts, whole.prompts)


def test_min_hashes_are_the_least_of_each_text_whatever_the_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    some = table()
    whole = texts_of(some)
    monkeypatch.setattr(minhash, "_BLOCK", 3)
    blocks = texts_of(some)
    assert np.array_equal(blocks.answers, whole.answers)
    assert np.array_equal(blocks.prompts, whole.prompts)
    monkeypatch.setattr(minhash, "_CHUNK", 8)
    chunks = texts_of(some)
    assert np.array_equal(chunks.words, whole.words)
    several = np.flatnonzero((whole.words > 1).all(axis=1))  # a text without a run has its neighbour's
    inside = several[several % 8 != 7]  # the last word of a chunk has no neighbour
    assert len(inside) > 50
    assert np.array_equal(chunks.answers[inside], whole.answers[inside])
    for row in several[:5].tolist():
        hashes, at = word_hashes(list(some.row(row)))
        hashes[at[1] : at[2]] ^= minhash._CHOSEN
        prompt = (runs(np.append(hashes[: at[1]], hashes[at[1]]), 2) >> np.uint64(32)).astype(np.uint32)[:-1]
        drawn = np.random.default_rng(0).integers(1, 2**32, BANDS * BAND, dtype=np.uint32) | np.uint32(1)
        assert whole.prompts[row].tolist() == [int((prompt * by + (by >> np.uint32(1))).min()) for by in drawn[:BANDS]]


def test_a_row_is_told_the_same_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    some, looks = table(), pl.col("chosen").str.strip_chars().hash(1)
    monkeypatch.setattr(slices, "_SLICE", 7)
    assert np.array_equal(told_of(some, looks), some.select(looks).to_series().to_numpy())
    assert len(told_of(some.head(0), looks)) == 0


def test_what_is_begun_is_what_would_be_made() -> None:
    some = table().with_columns(pl.Series("prompt", [f"Write to a{row}@mail.org" for row in range(75)]))
    plain, begun = View(some), View(some)
    with ThreadPoolExecutor(1) as threads:
        begun.begin(threads)
    made = begun._begun["foretold"].result()
    assert np.abs(made).max() > 0
    assert begun.foretold is made
    assert np.array_equal(plain.foretold, made)
    assert begun.personal == plain.personal
    assert begun.marked.cut.tolist() == plain.marked.cut.tolist()
    assert len(plain.personal.sure) == 75
    assert not begun._begun  # nothing was made twice, and nothing is held twice
