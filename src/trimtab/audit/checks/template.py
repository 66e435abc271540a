"""`template`: a chat template's markers inside the answers, or a template that begins or ends a turn wrongly."""

from collections import Counter

import numpy as np

from ...records import Finding, split_thought
from ..limits import MARKERS, MARKERS_BLOCK
from ..markers import clean, matches
from ..result import CheckResult, ids, percent, share, weight
from ..view import View
from .rendered import rendered_prompts

_LOOKED = 1000
"""Rows whose markers are told."""


def template(view: View) -> CheckResult | None:
    """Markers in the answers of all rows that are a slip, and rendered prompts; with a tokenizer also what it makes of
    some."""
    marked = view.marked.cut
    asked = rendered_prompts(view)
    rows = np.union1d(marked, asked.rows)
    rate = share(len(rows), view.n)
    faults = _rendered(view) if view.tokenizer is not None else []
    if len(rows) == 0 and not faults:
        return None
    says, remedies = [*faults], []
    if len(asked.rows):
        by = ", ".join(f"{name}: {count:,}" for name, count in asked.families.most_common())
        says.append(
            f"{percent(share(len(asked.rows), view.n))} of prompts were written by a chat template before ({by}), and "
            "would be written into another one."
        )
        remedies.append("Read such prompts back into messages (the fix does).")
    if len(marked):
        remedies.append(
            "Cut answers at the first marker of a new turn, and strip those they begin with (the fix does)."
        )
        some = [view.behind_thought(side, marked[:_LOOKED]) for side in ("chosen", "rejected")]
        told = Counter(mark for side in some for text in side for mark in matches(text))
        says.append(
            f"{percent(share(len(marked), view.n))} of rows have a template's marker in an answer "
            f"({', '.join(mark for mark, _ in told.most_common(6))}): the chosen side of "
            f"{int(view.marked.chosen.sum()):,}, the rejected of {int(view.marked.rejected.sum()):,}."
        )
    severity = "block" if faults or rate.low > MARKERS_BLOCK else "warn" if rate.low > MARKERS else "info"
    return CheckResult(
        Finding(
            id="template",
            severity=severity,
            title="Markers of a chat template stand in the answers"
            if len(marked)
            else "Prompts were written by a chat template before"
            if len(rows)
            else "The chat template is faulty",
            figure=rate.estimate,
            summary=" ".join(says),
            rows=ids(view, rows),
            count=len(rows),
            remedy=" ".join(remedies) or "Correct the tokenizer's chat template.",
            fixable=bool(len(rows)),
        ),
        edit=_cut if len(marked) else None,
        reread=asked.reread if len(asked.rows) else None,
    )


def dialogue(view: View) -> CheckResult | None:
    """`dialogue`: lines of roles, or tokens that the prompt speaks of, which may be what was asked for."""
    rows, asked = view.marked.left, view.marked.asked
    if len(rows) == 0:
        return None
    rate, unasked = share(len(rows), view.n), share(int((~asked).sum()), view.n)
    return CheckResult(
        Finding(
            id="dialogue",
            severity=weight(unasked, MARKERS),
            title="Answers hold lines of a dialogue",
            figure=rate.estimate,
            summary=f"{percent(rate)} of rows have an answer with lines of roles (User:, Assistant:) or a template's "
            f"tokens that may be meant; in {int(asked.sum()):,} of {len(rows):,} the prompt asks for a dialogue.",
            rows=ids(view, np.concatenate([rows[~asked], rows[asked]])),
            count=len(rows),
            remedy="Read the rows: where an answer runs on into another turn, cut it there. The audit's fix leaves "
            "them as they are.",
        ),
        behind=rows,
    )


def _cut(text: str, asked: str) -> str:
    """The text with its answer cleaned, and what was thought before it as it stands."""
    thought, answer = split_thought(text)
    if thought is None:
        return clean(text, asked)
    if answer is None:
        return text
    start = text.rfind(answer)
    return text[:start] + clean(answer, asked)


def _rendered(view: View) -> list[str]:
    """What is wrong with whole conversations as the tokenizer writes them: one BOS at most, an end to the turn."""
    tokenizer = view.tokenizer
    if not getattr(tokenizer, "chat_template", None):
        return ["The tokenizer has no chat template, so each trainer makes up its own."]
    rows = view.sample("template")
    two, open_ = 0, 0
    special = set(tokenizer.all_special_ids) | {tokenizer.eos_token_id}
    for prompt, answer in zip(view.text("prompt", rows), view.text("chosen", rows), strict=True):
        said = [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]
        text = tokenizer.apply_chat_template(said, tokenize=False)
        ids_ = tokenizer(text)["input_ids"]  # as a trainer does that adds special tokens to a rendered text
        bos = tokenizer.bos_token_id
        two += bos is not None and bos != tokenizer.eos_token_id and ids_[:2] == [bos, bos]
        ended = tokenizer(text.rstrip(), add_special_tokens=False)["input_ids"]
        open_ += ended[-1] not in special
    found = []
    if two:
        found.append(f"{two} of {len(rows)} conversations begin with two BOS when a rendered text is tokenized.")
    if open_:
        found.append(
            f"{open_} of {len(rows)} conversations have no special token that ends the answer: it never learns to stop."
        )
    return found
