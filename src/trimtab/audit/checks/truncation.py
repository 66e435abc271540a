"""`truncation`: answers that break off; with a tokenizer, what `max_length` would cut."""

import numpy as np
from numpy.typing import NDArray

from ...records import Finding
from ..limits import CONFIDENCE, LENGTH_WIDTH, PILED, PILED_TIMES, TRUNCATED, TRUNCATED_BLOCK
from ..result import CheckResult, Rows, ids, percent, share
from ..slices import told_of
from ..view import View

_CHUNK = 10_000
_ENDS = r"""[.!?…。！？।॥؟۔։።។။\p{Thai}\p{Lao}:;)\]}"'”’»*_`~>|\x{1F000}-\x{1FAFF}\x{2600}-\x{27BF}\x{FE0F}]\s*$"""
"""Thai and Lao have no mark that ends a sentence, so that no answer in them is told to break off."""
_SENTENCE = r"[.!?।؟۔]\s|[。！？]"
_LEAST_WORDS = 8
"""A shorter answer may well do without a full stop."""


def truncation(view: View) -> CheckResult | None:
    """By tokens where there is a tokenizer, else by how answers end."""
    return _with_tokenizer(view) if view.tokenizer is not None else _by_endings(view)


def _by_endings(view: View) -> CheckResult | None:
    """Answers that end in mid-sentence at one length, on one side only, or after sentences that did end."""
    broken = [_broken(view, side) for side in (0, 1)]
    either = share(int((broken[0] | broken[1]).sum()), view.n)
    piled = _pile(view, broken)
    one, other = (broken[0] & ~broken[1]).sum(), (broken[1] & ~broken[0]).sum()
    apart = share(int(max(one, other)), int(one + other))
    sides = share(int(max(broken[0].sum(), broken[1].sum())), view.n)
    uneven = apart.low > 0.5 and sides.low > TRUNCATED and (max(one, other) - min(one, other)) / view.n > TRUNCATED
    if not (piled is not None and either.low > TRUNCATED / 2) and not uneven:
        return None
    rows = np.flatnonzero(broken[0] | broken[1])
    reasons = [piled] if piled else []
    if uneven:
        which, less = ("chosen", "rejected") if one > other else ("rejected", "chosen")
        reasons.append(
            f"the {which} side alone does in {max(one, other):,} rows, the {less} side alone in {min(one, other):,}"
        )
    return CheckResult(
        Finding(
            id="truncation",
            severity="warn",
            title="Answers break off in mid-sentence",
            figure=either.estimate,
            summary=f"In {percent(either)} of rows an answer ends in mid-sentence; {'; '.join(reasons)}.",
            rows=ids(view, rows),
            count=len(rows),
            remedy="Collect the answers again with a higher cap, or leave the rows out (the audit's fix does). "
            "With a model the tokens are counted.",
            fixable=True,
        ),
        drop=rows,
    )


def _broken(view: View, side: int) -> NDArray[np.bool_]:
    """Answers of some words, with no end to the last sentence though others before it have one or it is long."""
    import polars as pl

    name = ("chosen", "rejected")[side]
    text = pl.col(name)
    tail = text.str.strip_chars_end().str.tail(3)
    unended = told_of(view.table, ~tail.str.contains(_ENDS))
    rows = np.flatnonzero(unended & (view.words[side] >= _LEAST_WORDS))
    held = view.table[name].gather(rows)
    # a list's last item and a line of verse have no full stop: the last line must hold a sentence, or be all there is
    last = held.str.strip_chars_end().str.split("\n").list.last()
    prose = last.str.contains(_SENTENCE) | (last.str.len_bytes() == held.str.strip_chars_end().str.len_bytes())
    found = np.zeros(view.n, dtype=bool)
    found[rows[prose.to_numpy()]] = True
    return found


def _pile(view: View, broken: list[NDArray[np.bool_]]) -> str | None:
    """Where broken answers have one length, in characters or words, that whole ones have not; in words of a report."""
    off = np.concatenate(broken)
    if not off.any():
        return None
    letters = np.concatenate([view.table[name].str.len_chars().to_numpy() for name in ("chosen", "rejected")])
    for unit, size in (("words", np.concatenate(view.words)), ("characters", letters)):
        lengths, whole = np.sort(size[off].astype(float)), size[~off].astype(float)
        inside = np.searchsorted(lengths, lengths * (1 + LENGTH_WIDTH), side="right") - np.arange(len(lengths))
        best = int(inside.argmax())
        low, high = lengths[best], lengths[best] * (1 + LENGTH_WIDTH)
        usual = float(((whole >= low) & (whole <= high)).mean()) if len(whole) else 0.0
        windows = max(1.0, np.log(max(2.0, lengths[-1] / max(1.0, lengths[0]))) / np.log1p(LENGTH_WIDTH))
        rate = share(int(inside[best]), len(lengths), 1 - (1 - CONFIDENCE) / windows)
        if rate.low > max(PILED, PILED_TIMES * usual):
            return (
                f"{rate.estimate:.0%} of those have {low:.0f} to {high:.0f} {unit}, "
                f"where {usual:.0%} of whole answers lie"
            )
    return None


def _with_tokenizer(view: View) -> CheckResult | None:
    """Prompt and answer through the chat template, cut at `max_length` from the end, as TRL's trainer does."""
    cut, spoiled = _tokens(view)
    loses, ruined = share(int(cut.sum()), view.n), share(int(spoiled.sum()), view.n)
    if not cut.any():
        return None
    rows: Rows = np.concatenate([np.flatnonzero(spoiled), np.flatnonzero(cut & ~spoiled)])
    blocks = ruined.low > TRUNCATED_BLOCK
    return CheckResult(
        Finding(
            id="truncation",
            severity="block" if blocks else "warn" if loses.low > TRUNCATED or spoiled.any() else "info",
            title=f"Answers are cut at {view.max_length} tokens",
            figure=loses.estimate,
            summary=f"{percent(loses)} of rows lose tokens of an answer at max_length {view.max_length}; in "
            f"{int(spoiled.sum()):,} "
            "both sides are then equal, or nothing of them is left.",
            rows=ids(view, rows),
            count=len(rows),
            remedy="Raise max_length, or leave the rows out (the audit's fix does).",
            fixable=True,
        ),
        drop=rows,
    )


def _tokens(view: View) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which rows lose tokens, and in which nothing that tells the sides apart is left."""
    before = "before" in view.trained.columns
    cut, spoiled = np.zeros(view.n, dtype=bool), np.zeros(view.n, dtype=bool)
    names = ["prompt", "chosen", "rejected", *(["before"] if before else [])]
    sizes = [view.trained[name].fill_null("").str.len_bytes().to_numpy().astype(int) for name in names]
    frame = len(_ids(view, "", "")) + 16  # of the template; and no byte is more than one token
    longest = sizes[0] + np.maximum(sizes[1], sizes[2]) + (sizes[3] if before else 0) + frame
    rows = np.flatnonzero(longest > view.max_length)
    for first in range(0, len(rows), _CHUNK):
        part = view.trained[rows[first : first + _CHUNK]]
        for row, item in zip(rows[first : first + _CHUNK], part.iter_rows(named=True), strict=True):
            asked = f"{item['before']}\n{item['prompt']}" if before and item["before"] else item["prompt"]
            sides = [_ids(view, asked, item[name]) for name in ("chosen", "rejected")]
            if max(map(len, sides)) > view.max_length:
                cut[row] = True
                shared = next((i for i, (a, b) in enumerate(zip(*sides, strict=False)) if a != b), min(map(len, sides)))
                spoiled[row] = shared >= view.max_length
    return cut, spoiled


def _ids(view: View, asked: str, said: str) -> list[int]:
    messages = [{"role": "user", "content": asked}, {"role": "assistant", "content": said}]
    if getattr(view.tokenizer, "chat_template", None):
        text = view.tokenizer.apply_chat_template(messages, tokenize=False)
        return list(view.tokenizer(text, add_special_tokens=False)["input_ids"])
    return list(view.tokenizer(f"{asked}\n{said}")["input_ids"])
