"""A kind of source is one file and one row: a toy one feeds a whole run beside a file."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tiny import save_tiny, tiny_spec
from trimtab.loop import Quiet, run_training
from trimtab.loop.gather import Part
from trimtab.loop.sources import SOURCES, Source, SourceKind
from trimtab.loop.stages import Session
from trimtab.records import FeedbackSource, SourcedRow
from trimtab.spec import FeedbackSpec, FileSpec, SourceSpec, load_spec
from trimtab.spec.base import Section
from trimtab.store import FileName, Run


class ToySpec(Section):
    rows: int


class ToySource(SourceSpec):
    toy: ToySpec | None = None


def toys(session: Session, settings: Sequence[ToySpec]) -> list[Source]:
    from trimtab.data import read_feedback

    def read(one: ToySpec) -> Part:
        rows = [{"prompt": f"why {n}", "chosen": "fun !", "rejected": "the plan ."} for n in range(one.rows)]
        found = read_feedback(rows)
        return Part(FeedbackSource(name="toy"), found.kept, found.rejected)

    return [Source(one.model_dump(), {}, lambda one=one: read(one)) for one in settings]  # type: ignore[misc]


def test_the_table_has_a_row_for_each_key_of_a_source() -> None:
    assert set(SOURCES) == set(SourceSpec.model_fields)
    assert all(kind.name == name for name, kind in SOURCES.items())


def test_a_kind_of_ones_own_feeds_a_run_beside_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SOURCES, "toy", SourceKind("toy", toys))
    save_tiny(tmp_path / "model")
    row = {"prompt": "tell me about tea", "chosen": "tea !", "rejected": "furthermore ensure the plan ."}
    (tmp_path / "mine.jsonl").write_text(json.dumps(row) + "\n")
    loaded = load_spec(tiny_spec(tmp_path, feedback={"files": [{"path": "mine.jsonl"}]}))
    both = FeedbackSpec(sources=(ToySource(toy=ToySpec(rows=3)), SourceSpec(file=FileSpec(path="mine.jsonl"))))
    training = loaded.spec.training.model_copy(update={"epochs": 1.0, "rehearsal_weight": 0.0, "probe_prompts": 0})
    spec = loaded.spec.model_copy(update={"feedback": both, "training": training})
    _, summary = run_training(replace(loaded, spec=spec), tmp_path / "out", Quiet())
    assert summary.curve[-1].step == 2  # four comparisons, two a batch
    stage = Run.read(tmp_path / "out").current("feedback")
    assert stage is not None
    names = [source.name for source in stage.read_lines(FileName.SOURCES, FeedbackSource)]
    assert names == ["toy", "mine.jsonl"]
    assert [row.source for row in stage.read_lines(FileName.SUPERVISION, SourcedRow)] == [0, 0, 0, 1]
