"""A run of regions: what is shared is done once, each region is a run, one that stops leaves the others at work."""

import json
import shutil
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
from trimtab.records import MatrixVerdict, SourcedRow
from trimtab.spec import LoadedRegions, load_any
from trimtab.store import Run, tree_digests

MOMENTS = ["step:2@us", "part:answer.heldout.us.common:1"]
"""In the second region's training, and in the answers of the matrix."""


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
    return tiny_regions(folder, shared=True, merged=True)


@pytest.fixture(scope="module")
def whole(spec: Path) -> Path:
    ran(spec, spec.parent / "whole")
    return spec.parent / "whole"


def begun(whole: Path, out: Path, *regions: str) -> Path:
    """The same run when what is shared and these regions were done, and nothing else."""
    shutil.copytree(
        whole, out, ignore=shutil.ignore_patterns("answer.*", "matrix*", "gate.regions", "regions", "merged")
    )
    for name in regions:
        shutil.copytree(whole / "regions" / name, out / "regions" / name)
    return out


def changed(spec: Path, region: str, **keys: Any) -> Path:
    raw = yaml.safe_load(spec.read_text())
    raw["regions"][region] |= keys
    path = spec.with_name(f"{region}-changed.yaml")
    path.write_text(yaml.safe_dump(raw))
    return path


def test_killed_in_the_second_region_it_ends_the_same(spec: Path, whole: Path, run: RunKilled) -> None:
    out = begun(whole, spec.parent / "killed", "eu")
    for moment in MOMENTS:
        assert run(spec, out, moment) == -signal.SIGKILL, f"was not killed at {moment}"
    assert run(spec, out, "apart") == 0
    assert every(out) == every(whole)
    assert (out / "report.html").read_bytes() == (whole / "report.html").read_bytes()
    trained = Run.read(out / "regions" / "us").current("train")
    assert trained is not None
    assert trained.manifest is not None
    assert trained.manifest.attempts == 2


def test_at_once_one_that_its_audit_stops_leaves_the_other_at_work(spec: Path, whole: Path) -> None:
    rows = clean(1, 40)
    for place, row in enumerate(rows):
        row["chosen"] += f" It is {WAYS['eu']}.{'<|im_end|>' if place < 10 else ''}"  # what breaks the rule is not kept
    write(spec.parent / "blocked.jsonl", rows)
    other = changed(spec, "eu", feedback={"files": [{"path": "blocked.jsonl"}]})
    out = begun(whole, spec.parent / "blocked")
    with pytest.raises(RegionsStopped) as stopped:
        ran(other, out, at_once=2)
    (told,) = stopped.value.stopped
    assert (told.region, told.kind) == ("eu", "audit")
    assert [finding.id for finding in told.findings] == ["template"]
    assert stopped.value.done == ("us",)
    assert results(out / "regions" / "us") == results(whole / "regions" / "us")  # and as in one process
    assert not list(out.glob("stages/matrix"))


def test_a_region_that_waits_for_people_is_named(spec: Path, whole: Path) -> None:
    pytest.importorskip("sqlalchemy")
    drawing = {"samples_per_prompt": 2, "max_new_tokens": 4, "temperature": 1.0}
    other = changed(spec, "us", feedback={"sources": [{"review": {"sample": drawing, "need": 2}}]})
    with pytest.raises(RegionsStopped, match="region us: waiting for people: 0 of 2") as stopped:
        ran(other, begun(whole, spec.parent / "waiting", "eu"))
    assert stopped.value.done == ("eu",)
    assert stopped.value.stopped[0].details == {"have": 0, "need": 2}


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
    subjects, sets = ("shared", "eu", "us", "merged"), ("eu", "us", "common")
    pairs = {f"{subject}.{region}" for subject in subjects for region in sets}
    made = {path.parent.parent.name for path in (whole / "stages").glob("answer.*/*/manifest.json")}
    assert {name.removeprefix("answer.heldout.") for name in made} == pairs - {"eu.eu", "us.us"}
    assert asked <= pairs
    # The regions' facts are of one file: what is shared, and one for all, say once which they hold to be right.
    facts = {path.parent.parent.name for path in (whole / "stages").glob("choose.facts.*/*/manifest.json")}
    assert facts == {"choose.facts.shared.eu", "choose.facts.merged.eu"}
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


def test_one_adapter_for_all_is_trained_on_the_same_rows(whole: Path) -> None:
    merged = Run.read(whole / "merged")
    feedback, training = merged.current("feedback"), merged.current("train")
    assert feedback is not None
    assert training is not None
    kept = [row.row for row in feedback.read_lines("supervision.jsonl", SourcedRow)]
    each = [Run.read(whole / "regions" / name).current("feedback") for name in ("eu", "us")]
    assert kept == [row.row for one in each if one for row in one.read_lines("supervision.jsonl", SourcedRow)]
    assert json.loads((training.folder / "adapter" / "adapter_config.json").read_text())["r"] == 32
