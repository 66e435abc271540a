"""A forest holds each shared prefix once, and its numbers say who sees whom."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from trimtab.sharing import Forest, beginning, lay_out, pack
from trimtab.sharing import layout as layout_module

CASES = range(40)


def random_case(seed: int) -> tuple[list[list[int]], list[int]]:
    """Sequences over few tokens, so that many begin alike; some long, some equal, some prefixes of others."""
    random = np.random.default_rng(seed)
    vocabulary = int(random.integers(1, 5))

    def some(low: int, high: int) -> list[int]:
        return [int(token) for token in random.integers(vocabulary, size=random.integers(low, high + 1))]

    trunks = [some(0, 40) for _ in range(random.integers(1, 4))]
    sequences = [[*trunks[random.integers(len(trunks))], *some(1, 12)] for _ in range(random.integers(1, 14))]
    for _ in range(random.integers(0, 4)):
        other = sequences[random.integers(len(sequences))]
        sequences.append(other[: int(random.integers(1, len(other) + 1))])
    order = random.permutation(len(sequences))
    sequences = [sequences[i] for i in order]
    return sequences, [int(random.integers(1, len(sequence) + 1)) for sequence in sequences]


def histories(forest: Forest, sequences: list[list[int]]) -> list[tuple[int, ...]]:
    """Each packed token with all that stands before it in its sequence; every sequence must say the same of it."""
    found: dict[int, tuple[int, ...]] = {}
    for path, sequence in zip(forest.paths, sequences, strict=True):
        for depth, place in enumerate(path):
            history = tuple(sequence[: depth + 1])
            assert found.setdefault(int(place), history) == history
    assert sorted(found) == list(range(len(forest)))  # no token that is in no sequence
    return [found[place] for place in range(len(forest))]


def by_the_rule(forest: Forest) -> NDArray[np.bool_]:
    """Who sees whom, (N, N), by the two numbers a token."""
    places = np.arange(len(forest))
    return (places[None] <= places[:, None]) & (places[:, None] < forest.ends[None])


def by_the_blocks(forest: Forest) -> NDArray[np.bool_]:
    """Who sees whom, (N, N): past blocks wholly, the own block by the rule. Checks that the blocks tile the forest."""
    seen = np.zeros((len(forest), len(forest)), dtype=bool)
    rule = by_the_rule(forest)
    begin = 0
    for number, block in enumerate(forest.blocks):
        assert block.start == begin < block.stop <= begin + layout_module.BLOCK_TOKENS
        begin = block.stop
        rows = slice(block.start, block.stop)
        for before in block.past:
            assert before < number
            seen[rows, forest.blocks[before].start : forest.blocks[before].stop] = True
        seen[rows, rows] |= rule[rows, rows]
    assert begin == len(forest)
    return seen


@pytest.mark.parametrize("seed", CASES)
def test_a_forest_is_its_sequences_with_each_history_once(seed: int) -> None:
    sequences, starts = random_case(seed)
    forest = lay_out(sequences, starts)
    for path, sequence in zip(forest.paths, sequences, strict=True):
        assert forest.tokens[path].tolist() == sequence
        assert forest.depths[path].tolist() == list(range(len(sequence)))
    known = histories(forest, sequences)
    assert len(set(known)) == len(forest)
    assert forest.longest == max(map(len, sequences))
    begins = np.array([[q[: len(k)] == k for k in known] for q in known])
    np.testing.assert_array_equal(by_the_rule(forest), begins)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 16, 256])
def test_blocks_and_their_past_are_the_rule(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout_module, "BLOCK_TOKENS", size)
    for seed in CASES:
        forest = lay_out(*random_case(seed))
        np.testing.assert_array_equal(by_the_blocks(forest), by_the_rule(forest))


LONG = [*range(700)]


@pytest.mark.parametrize(
    "sequences",
    [
        [LONG],
        [LONG, LONG],
        [LONG, LONG[:300], LONG[:256], LONG[:1]],
        [[*LONG, token] for token in range(300)],
        [[*LONG[:400], -1, *LONG], [*LONG[:400], -2, *LONG[:20]], [*LONG[:400], -2, *LONG[:300]], LONG],
        [[0] * depth + [1] for depth in range(1500)],  # a branch at every token
        [[0] * depth + [1] for depth in range(40)] + [[2, *LONG]],
    ],
    ids=["chain", "twice", "prefixes", "many leaves", "branches", "deep", "deep and wide"],
)
def test_trees_larger_than_a_block(sequences: list[list[int]]) -> None:
    forest = lay_out(sequences, [1] * len(sequences))
    assert [forest.tokens[path].tolist() for path in forest.paths] == sequences
    np.testing.assert_array_equal(by_the_blocks(forest), by_the_rule(forest))


def test_small_trees_share_a_block() -> None:
    assert len(lay_out([[prompt, answer] for prompt in range(30) for answer in range(3)], [1] * 90).blocks) == 1


@pytest.mark.parametrize("seed", CASES)
def test_each_prediction_once_and_all_of_them(seed: int) -> None:
    sequences, starts = random_case(seed)
    forest = lay_out(sequences, starts)
    pairs = list(zip(forest.rows[forest.row_of].tolist(), forest.targets.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    assert len(set(forest.rows.tolist())) == len(forest.rows)
    wanted = set()
    for path, sequence, start, which in zip(forest.paths, sequences, starts, forest.predictions, strict=True):
        theirs = [(int(path[place - 1]), sequence[place]) for place in range(start, len(sequence))]
        assert [pairs[i] for i in which] == theirs
        wanted |= set(theirs)
    assert set(pairs) == wanted
    cuts = forest.row_starts
    assert len(cuts) == len(forest.rows) + 1
    assert cuts[-1] == len(pairs)
    for row, (first, last) in enumerate(pairwise(cuts)):
        assert forest.row_of[first:last].tolist() == [row] * (last - first)
        assert last > first


def test_the_order_of_sequences_changes_nothing() -> None:
    sequences, starts = random_case(5)
    back = lay_out(sequences[::-1], starts[::-1])
    forest = lay_out(sequences, starts)
    for one, other in zip(forest.paths, back.paths[::-1], strict=True):
        assert one.tolist() == other.tolist()
    assert forest.tokens.tolist() == back.tokens.tolist()


@pytest.mark.parametrize(
    ("sequences", "starts"),
    [([], []), ([[1], []], [1, 1]), ([[1, 2]], [0])],
    ids=["nothing", "an empty sequence", "a first token to predict"],
)
def test_what_cannot_be_laid_out(sequences: list[list[int]], starts: list[int]) -> None:
    with pytest.raises(ValueError, match="needs a token"):
        lay_out(sequences, starts)


def test_one_start_a_sequence() -> None:
    with pytest.raises(ValueError, match="argument 2"):
        lay_out([[1, 2], [3, 4]], [1])


def test_a_forest_may_predict_nothing() -> None:
    forest = lay_out([[1, 2], [1]], [2, 1])
    assert (len(forest.rows), len(forest.targets), forest.row_starts) == (0, 0, [0])
    assert [len(which) for which in forest.predictions] == [0, 0]


def test_packs_hold_every_item_once_and_keep_the_budget() -> None:
    for seed in CASES:
        random = np.random.default_rng(seed)
        lengths = [int(length) for length in random.integers(1, 60, size=random.integers(0, 40))]
        groups = pack(lengths, 50)
        assert sorted(index for group in groups for index in group) == list(range(len(lengths)))
        sums = [sum(lengths[index] for index in group) for group in groups]
        assert all(total <= 50 or len(group) == 1 for total, group in zip(sums, groups, strict=True))
        assert all(one + other > 50 for i, one in enumerate(sums) for other in sums[:i])  # no two groups fit in one
        assert groups == pack(lengths, 50)


@pytest.mark.parametrize(
    ("sequences", "tokens"),
    [
        ([[1, 2, 3, 4], [1, 2, 5]], 2),
        ([[1, 2], [1, 2, 3]], 1),  # the last token of the shortest predicts
        ([[1, 2, 3], [1, 2, 3]], 2),
        ([[1, 2], [3], [1, 2]], 0),
        ([[7]], 0),
    ],
)
def test_the_beginning_that_all_share(sequences: list[list[int]], tokens: int) -> None:
    assert beginning(sequences) == tokens


@pytest.mark.parametrize("seed", CASES)
def test_last_tokens_that_nothing_hangs_on_can_be_left_out(seed: int) -> None:
    """The same predictions from the same histories, of fewer tokens."""
    sequences, starts = random_case(seed)
    pairs = [(s, start) for s, start in zip(sequences, starts, strict=True) if start < len(s)]
    if not pairs:
        return
    some, begins = [list(s) for s, _ in pairs], [start for _, start in pairs]
    whole, less = lay_out(some, begins), lay_out(some, begins, tips=False)
    told = []
    for forest, cut in ((whole, 0), (less, 1)):
        each = histories(forest, [s[: len(s) - cut] for s in some])
        told.append(
            [
                [(each[forest.rows[forest.row_of[p]]], int(forest.targets[p])) for p in which]
                for which in forest.predictions
            ]
        )
    assert told[0] == told[1]
    inner = {tuple(s[:end]) for s in some for end in range(1, len(s))}
    assert len(less) == len(inner) <= len(whole)
    assert by_the_blocks(less).tolist() == by_the_rule(less).tolist()


def test_a_last_token_of_which_nothing_is_predicted_is_not_left_out() -> None:
    with pytest.raises(ValueError, match="last token"):
        lay_out([[1, 2], [3]], [1, 1], tips=False)
