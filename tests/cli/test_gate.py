"""`trimtab gate` as build servers and pull requests read it."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from cli_runner import trimtab
from trimtab.records import Decision, GateResult, Verdict
from trimtab.store import Run


def result(metric: str, verdict: Decision) -> GateResult:
    return GateResult(
        metric=metric,
        rule=f"{metric}: at least 0.5 & more",
        verdict=verdict,
        figure=None if verdict == "undecided" else 0.25,
        low=None if verdict == "undecided" else 0.125,
        high=None if verdict == "undecided" else 0.375,
        limit=0.5,
        n=40,
        needed_n=None,
        summary=f"it is <{verdict}>",
    )


@pytest.fixture
def run(tmp_path: Path) -> Path:
    gates = (result("style.words", "pass"), result("style.ended", "regress"), result("facts.accuracy", "undecided"))
    folder = tmp_path / "run"
    with Run.open(folder, name="mine", goal="g", spec={}) as opened:
        stage = opened.stage("gate", settings={}, inputs={})
        stage.begin()
        stage.write("verdict.json", Verdict(verdict="regress", confidence=0.95, gates=gates).to_json())
        stage.finish(0.0)
    return folder


def test_junit_counts_what_regressed_and_what_is_open(run: Path) -> None:
    done = trimtab("gate", str(run), "--junit", "out/gate.xml", cwd=run.parent)
    assert done.returncode == 1
    assert "verdict: regress" in done.stdout
    suite = ElementTree.parse(run.parent / "out" / "gate.xml").getroot()
    assert suite.tag == "testsuite"
    assert {name: suite.get(name) for name in ("name", "tests", "failures", "errors")} == {
        "name": "mine", "tests": "3", "failures": "1", "errors": "1",
    }  # fmt: skip
    kinds = [[child.tag for child in case] for case in suite]
    assert kinds == [["system-out"], ["failure"], ["error"]]
    assert suite[1].get("name") == "style.ended: at least 0.5 & more"
    assert suite[1][0].get("message") == "it is <regress>"
    assert suite[1][0].text == "style.ended: 0.25 [0.125, 0.375], limit 0.5, n=40, not judged=0"
    assert suite[2][0].text == "facts.accuracy: not judged, limit 0.5, n=40, not judged=0"


def test_markdown_is_the_reports_table(run: Path) -> None:
    done = trimtab("gate", str(run), "--markdown", cwd=run.parent)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0] == "# mine: regress"
    assert "1 of 3 gates met" in lines[2]
    assert lines[4].startswith("| verdict | gate |")
    assert [line.split("|")[1].strip() for line in lines[6:]] == ["**Pass**", "**Regress**", "**Undecided**"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(("--json", "--markdown"), "Only one of them"), (("--junit", "run/run.json/gate.xml"), "cannot be written")],
)
def test_what_cannot_be_printed_or_written_is_refused(run: Path, arguments: tuple[str, ...], says: str) -> None:
    done = trimtab("gate", str(run), *arguments, cwd=run.parent)
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stdout == ""
