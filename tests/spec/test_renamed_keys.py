"""Keys that had other names: read by the old name with one note, in files and overrides, and never both at once."""

import subprocess
import sys
import warnings
from pathlib import Path

import pytest
import yaml

from trimtab.errors import UserError, UserNote
from trimtab.records import SPEC_KEYS, Policy
from trimtab.spec import load_policy, load_spec

SPEC = """\
name: old
goal: Be brief.
rows: 7
model: {name: m}
prompts: {train: p.jsonl, heldout: p.jsonl}
feedback:
  sample: {most: 12, rubric: [{scorer: words, weight: 1, zero_below: 0, full_from: 5}]}
training: {rl: {unended_penalty: 0.5}}
gates: [{metric: style.words, at_most: 9}]
"""
POLICY = r"""
name: p
words: {price: ['euros?', 'dollars?']}
rules:
  - {id: no-prices, text: No price., checks: [{found: '\d {price}'}, {scorer: words, at_least: 9}]}
  - {id: polite, text: Please., beside: [no-prices], checks: [{missing: please}]}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "p.jsonl").write_text('{"id": "a", "prompt": "hello"}\n')
    (tmp_path / "spec.yaml").write_text(SPEC)
    return tmp_path / "spec.yaml"


def test_a_spec_of_before_is_read_with_one_note(path: Path) -> None:
    with pytest.warns(UserNote) as noted:
        spec = load_spec(path).spec
    assert spec.feedback.sample is not None
    assert (spec.decode_batch_size, spec.feedback.sample.max_comparisons) == (7, 12)
    assert spec.training.rl.truncation_penalty == 0.5
    (note,) = noted
    for old, new in SPEC_KEYS.items():
        assert f"`{'.'.join(old)}` is now called `{new}`" in str(note.message)


def test_a_policy_of_before_says_what_today_s_says(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(POLICY)
    with pytest.warns(UserNote, match="`rules\\[0\\].checks\\[0\\].found` is now called `contains`") as noted:
        policy = load_policy(tmp_path / "p.yaml")
    assert len(noted) == 1
    assert policy == Policy.model_validate(
        yaml.safe_load(
            POLICY.replace("words: {", "terms: {")
            .replace("found:", "contains:")
            .replace("missing:", "lacks:")
            .replace("beside:", "except_rules:")
        )
    )


def test_an_old_key_in_an_override_stands_over_the_file(path: Path) -> None:
    todays = SPEC.replace("rows: 7", "decode_batch_size: 7").replace("{most:", "{max_comparisons:")
    path.write_text(todays.replace("unended", "truncation"))
    with pytest.warns(UserNote, match="set='rows=5': `rows` is now called `decode_batch_size`"):
        assert load_spec(path, ["rows=5"]).spec.decode_batch_size == 5
    with pytest.warns(UserNote):
        spec = load_spec(path, ["training={rl: {unended_penalty: 0.25}}"]).spec
    assert spec.training.rl.truncation_penalty == 0.25


def test_a_wrong_value_is_told_at_the_line_of_the_old_key(path: Path) -> None:
    path.write_text(SPEC.replace("rows: 7", "rows: 0"))
    with pytest.warns(UserNote), pytest.raises(UserError) as caught:
        load_spec(path)
    assert "spec.yaml line 3: `decode_batch_size` is 0" in caught.value.given


def test_both_names_at_once_are_refused(path: Path) -> None:
    path.write_text(SPEC.replace("rows: 7", "rows: 7\ndecode_batch_size: 8"))
    with pytest.warns(UserNote), pytest.raises(UserError) as caught:
        load_spec(path)
    assert "`rows` is given" in caught.value.given


def test_todays_names_are_read_without_a_note(path: Path) -> None:
    path.write_text(SPEC.replace("rows: 7", "").replace("{most: 12, ", "{").replace("unended", "truncation"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_spec(path, ["decode_batch_size=3"])


def test_the_command_line_prints_the_note_as_one_line(path: Path) -> None:
    command = [sys.executable, "-m", "trimtab", "run", str(path), "--check"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    (note,) = [line for line in result.stderr.splitlines() if "is now called" in line]
    assert note.startswith("trimtab: note: spec.yaml: `rows` is now called `decode_batch_size`, ")
    assert "Warning" not in result.stderr
