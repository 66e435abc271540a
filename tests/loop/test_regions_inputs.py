"""Files of regions held against each other, what a region takes, and gates that regress among several regions."""

from pathlib import Path

import pytest

from tiny_regions import tiny_regions, write
from trimtab.advise import Machine
from trimtab.errors import UserError
from trimtab.loop import leak_notes, read_region_inputs
from trimtab.loop.regions import RegionInputs, each
from trimtab.loop.regions.deciding import STOOD_ALONE, held_back, worst
from trimtab.loop.regions.each import how_many
from trimtab.models import Need
from trimtab.records import GateResult
from trimtab.spec import LoadedRegions, load_any


def read(spec: Path) -> RegionInputs:
    found = load_any(spec)
    assert isinstance(found, LoadedRegions)
    return read_region_inputs(found)


def test_an_id_in_two_regions_is_told(tmp_path: Path) -> None:
    spec = tiny_regions(tmp_path)
    read(spec)
    write(tmp_path / "us/heldout.jsonl", [{"id": "eu-t1", "prompt": "why thanks go"}])
    with pytest.raises(UserError, match="'eu-t1' is in the prompts of eu and of us"):
        read(spec)


def test_what_a_region_trains_on_is_not_held_out_for_all(tmp_path: Path) -> None:
    spec = tiny_regions(tmp_path)
    write(tmp_path / "common" / "heldout.jsonl", [{"id": "x", "prompt": "tell me about the rain"}])
    with pytest.raises(UserError, match="1 held-out prompts of common are nearly the same as training prompts of eu"):
        read(spec)


def test_what_all_are_trained_on_is_held_out_nowhere(tmp_path: Path) -> None:
    spec = tiny_regions(tmp_path, shared=True)
    write(tmp_path / "us" / "heldout.jsonl", [{"id": "x", "prompt": "tell me about furthermore"}])
    with pytest.raises(UserError, match="1 held-out prompts of us are nearly the same as training prompts of common"):
        read(spec)


def test_what_one_region_trains_on_and_another_holds_out_is_told(tmp_path: Path) -> None:
    spec = tiny_regions(tmp_path)
    assert leak_notes(read(spec)) == []
    write(tmp_path / "us" / "heldout.jsonl", [{"id": "x", "prompt": "tell me about the rain"}])
    (told,) = leak_notes(read(spec))
    assert told.startswith("1 held-out prompts of us are nearly the same as training prompts of eu (eu-t1 ")


def test_a_mistake_in_a_regions_files_names_it(tmp_path: Path) -> None:
    spec = tiny_regions(tmp_path)
    write(tmp_path / "us/heldout.jsonl", [{"id": "x", "prompt": "tell me about the dog"}])
    with pytest.raises(UserError, match="Region us: 1 held-out prompts"):
        read(spec)


def test_regions_at_once_are_as_many_as_the_memory_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    need = Need("training", 8.0, 0.0, "nothing")
    monkeypatch.setattr(each, "this_machine", lambda: Machine(17.0, False))
    assert how_many(1, 3, [need, Need("sampling", 20.0, 0.0, "nothing")]) == 1  # told elsewhere, and not refused
    assert how_many(2, 3, [need]) == 2
    assert how_many(9, 2, [need]) == 2
    with pytest.raises(UserError, match="takes up to 8 GiB"):
        how_many(3, 3, [need])
    monkeypatch.setattr(each, "this_machine", lambda: Machine(None, False))
    assert how_many(9, 3, [need]) == 3


def gate(verdict: str) -> GateResult:
    return GateResult.model_validate(
        {"metric": "m", "rule": "m at most 1", "verdict": verdict, "figure": 2, "low": 1.5, "high": 3, "limit": 1,
         "n": 9, "needed_n": None, "summary": "The whole interval breaks the limit."}
    )  # fmt: skip


def test_a_gate_that_regresses_by_itself_alone_is_undecided_among_regions() -> None:
    found = held_back(
        [gate("regress"), gate("regress"), gate("pass")], [gate("regress"), gate("undecided"), gate("pass")]
    )
    assert [each.verdict for each in found] == ["regress", "undecided", "pass"]
    assert found[1].summary == STOOD_ALONE
    assert worst(found) == "regress"
    assert worst(found[1:]) == "undecided"
    assert worst(found[2:]) == "pass"
