"""A run of regions: what is shared is done once, each region is a run, one that stops leaves the others at work."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest
import yaml

from killing import RunKilled, results
from made_comparisons import clean
from tiny import save_tiny
from tiny_regions import WAYS, tiny_regions, write
from trimtab.errors import UserError
from trimtab.loop import Quiet, RegionSettings, RegionsStopped, read_regions, run_regions, target_of
from trimtab.records import MatrixVerdict
from trimtab.spec import LoadedRegions, load_any
from trimtab.store import Run, tree_digests

MOMENTS = ["step:2@us", "part:answer.heldout.us.common:1", "write:matrix.json"]
"""In the second region's training, in the answers of the matrix, and before the matrix is in its place."""


def loaded(spec: Path) -> LoadedRegions:
    found = load_any(spec)
    assert isinstance(found, LoadedRegions)
    return found


def ran(spec: Path, out: Path, **how: Any) -> MatrixVerdict:
    return run_regions(loaded(spec), out, Quiet(), RegionSettings(**how))


def every(out: Path) -> dict[str, Any]:
    """The hashes of all that the whole run and its regions made."""
    places = {"": out, **{name: out / "regions" / name for name in ("eu", "us")}}
    made: dict[str, Any] = {name: results(place) for name, place in places.items()}
    for name in ("eu", "us"):
        made[f"{name} adapter"] = {
            file: told for file, told in tree_digests(out / "regions" / name / "adapter").items() if file != "README.md"
        }  # the card tells times
    return made


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("regions")
    save_tiny(folder / "model")
    return tiny_regions(folder, shared=True)


@pytest.fixture(scope="module")
def whole(spec: Path) -> Path:
    ran(spec, spec.parent / "whole")
    return spec.parent / "whole"


def test_killed_in_the_second_region_it_ends_the_same(spec: Path, whole: Path, run: RunKilled) -> None:
    out = spec.parent / "killed"
    for moment in MOMENTS:
        assert run(spec, out, moment) == -signal.SIGKILL, f"was not killed at {moment}"
    assert run(spec, out, "apart") == 0
    assert every(out) == every(whole)
    trained = Run.read(out / "regions" / "us").current("train")
    assert trained is not None
    assert trained.manifest is not None
    assert trained.manifest.attempts == 2


def test_several_at_once_come_to_the_same(spec: Path, whole: Path) -> None:
    out = spec.parent / "at_once"
    ran(spec, out, at_once=2)
    assert every(out) == every(whole)


def test_what_is_shared_is_trained_once_and_a_part_of_each_adapter(whole: Path) -> None:
    shared = Run.read(whole, whole=True).current("train")
    assert shared is not None
    for name in ("eu", "us"):
        run = Run.read(whole / "regions" / name)
        copy = run.current("train.shared")
        assert copy is not None
        assert copy.outputs_under("adapter/") == shared.outputs_under("adapter/")
        config = json.loads((whole / "regions" / name / "adapter" / "adapter_config.json").read_text())
        assert config["r"] == 32  # sixteen of what is shared, sixteen of its own
        assert target_of(str(run.folder)).ref is not None  # it goes on the start model by itself


def test_the_matrix_asks_nobody_twice(whole: Path) -> None:
    stages = Run.read(whole, whole=True).info.stages
    asked = {name.removeprefix("answer.heldout.") for name in stages if name.startswith("answer.heldout.")}
    subjects, sets = ("shared", "eu", "us"), ("eu", "us", "common")
    pairs = {f"{subject}.{region}" for subject in subjects for region in sets}
    made = {path.parent.parent.name for path in (whole / "stages").glob("answer.*/*/manifest.json")}
    assert {name.removeprefix("answer.heldout.") for name in made} == pairs - {"eu.eu", "us.us"}
    assert asked <= pairs
    _, matrix = read_regions(Run.read(whole, whole=True))
    assert matrix.before == "shared"
    assert matrix.subjects == subjects
    assert {(rate.region, rate.subject) for rate in matrix.kept if rate.rule and rate.part == "all"} >= {
        (region, subject) for region in ("eu", "us") for subject in subjects
    }


def test_a_row_a_region_holds_its_own_gates_and_those_over_regions(whole: Path) -> None:
    verdict, _ = read_regions(Run.read(whole, whole=True))
    assert [row.region for row in verdict.regions] == ["eu", "us"]
    for row in verdict.regions:
        assert [gate.metric for gate in row.gates] == [
            "style.words", f"regions.{row.region}.own", f"regions.{row.region}.leakage",
        ]  # fmt: skip


def test_no_run_is_a_region_and_says_which_are(whole: Path) -> None:
    with pytest.raises(UserError, match=r"has 2 regions.*eu, us") as told:
        target_of(str(whole))
    assert str(whole / "regions" / "eu") in told.value.fix


def test_a_region_that_the_audit_stops_leaves_the_other_at_work(tmp_path: Path) -> None:
    save_tiny(tmp_path / "model")
    spec = tiny_regions(tmp_path)
    rows = clean(1, 40)
    for row in rows[:10]:
        row["chosen"] += "<|im_end|>"
    write(tmp_path / "eu" / "comparisons.jsonl", rows)
    with pytest.raises(RegionsStopped) as stopped:
        ran(spec, tmp_path / "out")
    (told,) = stopped.value.stopped
    assert (told.region, told.kind) == ("eu", "audit")
    assert [finding.id for finding in told.findings] == ["template"]
    assert stopped.value.done == ("us",)
    assert (tmp_path / "out/regions/us/report.html").is_file()
    raw = yaml.safe_load(spec.read_text())
    raw["regions"]["eu"]["audit"] = {"accept": ["template"]}
    spec.write_text(yaml.safe_dump(raw))
    before = (tmp_path / "out/regions/us/run.json").read_text()
    ran(spec, tmp_path / "out")
    assert json.loads((tmp_path / "out/regions/us/run.json").read_text())["stages"] == json.loads(before)["stages"]


def test_a_region_that_waits_for_people_is_named(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    save_tiny(tmp_path / "model")
    spec = tiny_regions(tmp_path)
    raw = yaml.safe_load(spec.read_text())
    drawing = {"samples_per_prompt": 2, "max_new_tokens": 4, "temperature": 1.0}
    raw["regions"]["us"]["feedback"] = {"sources": [{"review": {"sample": drawing, "need": 2}}]}
    spec.write_text(yaml.safe_dump(raw))
    with pytest.raises(RegionsStopped, match="region us: waiting for people: 0 of 2") as stopped:
        ran(spec, tmp_path / "out")
    assert stopped.value.done == ("eu",)
    assert stopped.value.stopped[0].details == {"have": 0, "need": 2}


def test_one_adapter_for_all_is_trained_on_the_same_rows(tmp_path: Path) -> None:
    save_tiny(tmp_path / "model")
    spec = tiny_regions(tmp_path, merged=True)
    ran(spec, tmp_path / "out")
    run = Run.read(tmp_path / "out/merged")
    feedback = run.current("feedback")
    assert feedback is not None
    texts = (feedback.folder / "supervision.jsonl").read_text()
    assert all(f"is {word} !" in texts for word in (WAYS["eu"], WAYS["us"]))
    _, matrix = read_regions(Run.read(tmp_path / "out", whole=True))
    assert matrix.subjects == ("start", "eu", "us", "merged")
