"""`template`: a chat template's markers inside the answers, or a template that begins or ends a turn wrongly."""

import re

import numpy as np

from ...records import Finding
from ..limits import MARKERS, MARKERS_BLOCK
from ..result import CheckResult, ids, percent, share
from ..view import View
from .rendered import rendered_prompts

_TOKENS = (
    r"<\|(?:im_start|im_end|endoftext|end|eot_id|eom_id|begin_of_text|end_of_text|start_header_id|end_header_id|user"
    r"|assistant|system|endofprompt|pad|end_of_turn|START_OF_TURN_TOKEN|END_OF_TURN_TOKEN|return|channel)\|>"
    r"|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|<｜[^｜<>]{1,30}｜>"
)
_AT_EDGES = r"(?:\A\s*<(?:s|bos)>|<(?:/s|eos|pad)>)"
"""`<s>` is HTML's strike-through as well, so it counts at the beginning alone."""
_ROLE = (
    r"(?:\A[ \t]*(?:Human|User|Assistant|AI|Bot|System)[ \t]*:"
    r"|\n[ \t]*(?:Human|User|Assistant):|\n#{2,3} ?(?:Instruction|Response|Human|Assistant|User|Input):)"
)
_ANY = f"{_TOKENS}|{_AT_EDGES}|{_ROLE}"
_LEADING = re.compile(rf"\A\s*(?:(?:{_TOKENS}|<(?:s|bos)>|(?:Human|User|Assistant|AI|Bot|System)[ \t]*:)\s*)+")
_FROM_HERE_ON = re.compile(rf"\s*(?:{_TOKENS}|<(?:/s|eos|pad)>|\n[ \t]*(?:Human|User|Assistant):|{_ROLE})")


def template(view: View) -> CheckResult | None:
    """Markers in the answers and rendered prompts of all rows; with a tokenizer also what it makes of some."""
    import polars as pl

    has = [
        view.table.lazy().select(pl.col(name).str.contains(_ANY.replace(r"\Z", r"\z"))).collect().to_series().to_numpy()
        for name in ("chosen", "rejected")
    ]
    marked = np.flatnonzero(has[0] | has[1])
    asked = rendered_prompts(view)
    rows = np.union1d(marked, asked.rows)
    rate = share(len(rows), view.n)
    faults = _rendered(view) if view.tokenizer is not None else []
    if len(rows) == 0 and not faults:
        return None
    seen = sorted({match[0].strip() for row in marked[:1000] for match in _matches(view, int(row))})
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
        says.append(
            f"{percent(share(len(marked), view.n))} of rows have a template's marker in an answer "
            f"({', '.join(seen[:6])}): the chosen side of {int(has[0].sum()):,}, the rejected of {int(has[1].sum()):,}."
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
        edit=clean if len(marked) else None,
        reread=asked.reread if len(asked.rows) else None,
    )


def clean(text: str) -> str:
    """An answer without leading markers, cut where the next one ends it or opens another turn."""
    bare = _LEADING.sub("", text)
    end = _FROM_HERE_ON.search(bare)
    return bare[: end.start()] if end else bare


def _matches(view: View, row: int) -> list[re.Match[str]]:
    item = view.table.row(row, named=True)
    return [match for side in ("chosen", "rejected") for match in re.finditer(_ANY, item[side])]


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
