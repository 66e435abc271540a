"""A check of one's own stands beside ours: found, weighed, mended, versioned."""

import json
from collections import Counter
from pathlib import Path

import pytest

from made_comparisons import clean
from trimtab.audit import all_checks, audit, audit_check, mended, other_versions, registry
from trimtab.data import read_frame
from trimtab.errors import UserError


@pytest.fixture(autouse=True)
def _none_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_others", {})


def shouted(tmp_path: Path, every: int) -> Path:
    rows = clean(1, 120)
    for row in rows[::every]:
        row["chosen"] = row["chosen"].upper()
    path = tmp_path / "c.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def shouts(prompt: str, chosen: str, rejected: str) -> bool:
    return chosen.isupper() or rejected.isupper()


@pytest.mark.parametrize(
    ("limits", "severity"), [({}, "warn"), ({"warn": 0.3}, "info"), ({"warn": 0.01, "block": 0.1}, "block")]
)
def test_it_is_found_and_weighed_by_its_limits(tmp_path: Path, limits: dict[str, float], severity: str) -> None:
    audit_check("shouting", title="Answers shout", remedy="Ask again.", **limits)(shouts)
    done = audit(read_frame(shouted(tmp_path, 4)).table)
    (one,) = [one for one in done.findings if one.id == "shouting"]
    assert (one.severity, one.figure, one.count, one.fixable) == (severity, 0.25, 30, False)
    assert done.blocks == (severity == "block")
    assert list(all_checks())[-1] == "shouting"


def test_it_says_nothing_where_no_row_is_at_fault(tmp_path: Path) -> None:
    audit_check("shouting", title="Answers shout", remedy="Ask again.")(shouts)
    done = audit(read_frame(shouted(tmp_path, 1000)).table.slice(1))
    assert "shouting" not in {one.id for one in done.findings}


def test_its_fix_leaves_out_or_edits(tmp_path: Path) -> None:
    path = shouted(tmp_path, 4)
    framed = read_frame(path)
    for kind in ({"drop": True}, {"edit": str.lower}):
        audit_check("shouting", title="Answers shout", remedy="Ask again.", **kind)(shouts)  # type: ignore[arg-type]
        (one,) = [one for one in audit(framed.table).found if one.finding.id == "shouting"]
        counts: Counter[str] = Counter()
        rows = list(mended(framed, (one,), counts))
        assert one.finding.fixable
        assert not any(row["chosen"][0]["content"].isupper() for row in rows)
        assert counts["shouting"] == (30 if "drop" in kind else 0)
        assert len(rows) == (90 if "drop" in kind else 120)


def test_its_version_is_told_and_a_name_is_given_once() -> None:
    audit_check("shouting", title="", remedy="", version="3")(shouts)
    audit_check("shouting", title="", remedy="", version="4")(shouts)  # a cell that is run again
    assert other_versions() == {"shouting": "4"}
    with pytest.raises(UserError, match="shouting"):
        audit_check("shouting", title="", remedy="")(lambda prompt, chosen, rejected: True)
    with pytest.raises(UserError, match="trimtab itself"):
        audit_check("length-bias", title="", remedy="")(shouts)


def test_one_that_breaks_is_named_with_the_row(tmp_path: Path) -> None:
    @audit_check("broken", title="", remedy="")
    def broken(prompt: str, chosen: str, rejected: str) -> bool:
        return 1 / 0 > 1

    framed = read_frame(shouted(tmp_path, 4))
    with pytest.raises(UserError, match="ZeroDivisionError") as told:
        audit(framed.table)
    assert "'broken'" in told.value.given
    assert framed.table["id"][0] in told.value.given
