"""An audit's comparisons grouped by the rule that decided them."""

import json
from pathlib import Path

import trimtab
from cli_runner import trimtab as run_command

WORDS = "tea rain sun dog cat tree house red green blue".split()


def row(number: int, rule: str | None, longer: bool) -> dict[str, object]:
    noun, other = WORDS[number % 10], WORDS[(number // 10 + 3) % 10]
    long = f"You could begin with {noun} number {number}, and look at {other} after that, step by step."
    short = f"{noun.title()} {number} and {other}."
    chosen, rejected = (long, short) if longer else (short, long)
    told = {"source": "m", "judge": "ours by m", "why": "", "rule": rule}
    return {
        "prompt": f"Tell me of {noun} {number}, {other}",
        "chosen": chosen,
        "rejected": rejected,
        "provenance": told,
    }


def test_each_rule_has_its_rows_its_length_and_its_share_of_the_findings(tmp_path: Path) -> None:
    rows = [row(n, "kind", longer=True) for n in range(60)]
    rows += [row(n, "plain", longer=n % 2 == 0) for n in range(60, 80)]
    rows += [row(80, None, longer=True), rows[0]]
    done = trimtab.audit(rows)
    groups = {group.rule: group for group in done.rules}
    assert list(groups) == ["kind", "plain", ""]
    assert [group.comparisons for group in groups.values()] == [61, 20, 1]
    kind, plain = groups["kind"].longer, groups["plain"].longer
    assert kind is not None
    assert plain is not None
    assert (kind.estimate, plain.estimate) == (1.0, 0.5)
    assert plain.low < 0.5 < plain.high
    for finding in done.audit.found:
        told = [group.findings.get(finding.finding.id, 0) for group in groups.values()]
        assert sum(told) >= finding.finding.count > 0 or not finding.finding.count
    assert groups["kind"].findings["length-bias"] == 61
    assert groups["plain"].findings["length-bias"] == 10
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in rows))
    text = run_command("audit", "rows.jsonl", cwd=tmp_path).stdout
    assert "plain" in text
    assert "50% [" in text
    told = json.loads(run_command("audit", "rows.jsonl", "--json", cwd=tmp_path).stdout)
    assert [each["rule"] for each in told["rules"]] == ["kind", "plain", ""]


def test_comparisons_that_name_no_rule_are_not_grouped() -> None:
    assert trimtab.audit([row(n, None, longer=True) for n in range(5)]).rules == []
