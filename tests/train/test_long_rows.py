"""A row of any length costs training no more than it is long: it is read, rendered once for each side, and left."""

import json
from pathlib import Path
from typing import Any

import pytest

from tiny import tiny_tokenizer
from trimtab.data import read_feedback
from trimtab.train.trainable import plan


@pytest.mark.case("F41", "a row of any length is rendered once a side before training, and left out with its reason")
@pytest.mark.parametrize("size", [20_000, 80_000])
def test_a_long_row_is_rendered_once_a_side_and_left_out(size: int, tmp_path: Path) -> None:
    path, long = tmp_path / "rows.jsonl", "red tea " * (size // 8)
    rows = [{"prompt": "why", "chosen": long, "rejected": "no"}, {"prompt": "why", "chosen": "tea", "rejected": "sun"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    tokenizer, written = tiny_tokenizer(), 0
    real = tokenizer.apply_chat_template

    def counted(messages: Any, **given: Any) -> Any:
        nonlocal written
        written += sum(len(message["content"]) for message in messages)
        return real(messages, **given)

    tokenizer.apply_chat_template = counted  # type: ignore[method-assign]
    found = plan(read_feedback(path).kept, tokenizer, 1024, frozenset({0}))  # type: ignore[type-var]
    assert [row.chosen_text for row in found.kept] == ["tea"]
    assert found.rejected[0].reason.startswith("longer than training.max_length")
    assert written <= size + 1000  # and not twice
