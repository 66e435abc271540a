"""Specs with regions at the command line: checked by region, refused where one run is taken, told where stopped."""

import json
from pathlib import Path

import pytest

from cli_runner import trimtab
from tiny import tiny_spec
from tiny_regions import tiny_regions
from trimtab.cli.regions import tell_stopped
from trimtab.loop import RegionsStopped
from trimtab.loop.regions import Stopped


def test_check_reads_the_files_of_each_region(tmp_path: Path) -> None:
    done = trimtab("run", str(tiny_regions(tmp_path, shared=True)), "--check", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "spec.yaml is right: 2 regions, 2 held-out prompts of none." in done.stdout
    assert "shared: 1 training prompts" in done.stdout
    assert "eu: 3 training prompts, 2 held out." in done.stdout
    assert "us: 3 training prompts, 2 held out." in done.stdout
    assert done.stdout.count("3 comparisons; 0 rejected") == 3
    assert "regions.eu.own, at least 0.9: no count of 2 items passes it" in done.stdout  # its own prompts
    us = next(line for line in done.stdout.splitlines() if line.startswith("regions.us.leakage"))
    assert ", no worse than before by 0.05" in us
    assert "there are 4" in us  # those of none as well


@pytest.mark.parametrize("verb", ["train", "preflight"])
def test_what_takes_one_run_names_the_regions(verb: str, tmp_path: Path) -> None:
    done = trimtab(verb, str(tiny_regions(tmp_path)), cwd=tmp_path)
    assert done.returncode == 2
    assert "has 2 regions: eu, us." in done.stderr
    assert f"Name one of them, as in {tmp_path}/spec.yaml:eu; `trimtab run` takes them all." in done.stderr


def test_one_region_stands_where_a_spec_does(tmp_path: Path) -> None:
    done = trimtab("advise", f"{tiny_regions(tmp_path)}:us", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["read"] == 3


def test_regions_at_once_are_of_a_spec_with_regions(tmp_path: Path) -> None:
    done = trimtab("run", str(tiny_spec(tmp_path)), "--at-once", "2", cwd=tmp_path)
    assert done.returncode == 2
    assert "--at-once 2 is given." in done.stderr


def test_the_gravest_of_what_stopped_regions_is_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    waits = Stopped("us", "people", "waiting for people: 0 of 2", details={"have": 0, "need": 2})
    blocked = Stopped("eu", "audit", "The audit stopped the run before it trained.")
    assert tell_stopped(RegionsStopped([waits], ["eu"]), as_json=True) == 4
    told = capsys.readouterr()
    assert "region us: waiting for people: 0 of 2" in told.err
    assert "finished: eu" in told.err
    row = {"stopped": "people", "summary": "waiting for people: 0 of 2", "have": 0, "need": 2}
    assert json.loads(told.out) == {"state": "stopped", "regions": {"us": row}, "finished": ["eu"]}
    assert tell_stopped(RegionsStopped([waits, blocked], []), as_json=False) == 1
    assert tell_stopped(RegionsStopped([waits, Stopped("cn", "mistake", "no file")], []), as_json=False) == 2
