"""The recipe of docs/regions.md for a fourth region: its 20 lines, put beside three others, make one more."""

import json
import re
from pathlib import Path

import yaml

from tiny_regions import tiny_regions
from trimtab.loop import read_region_inputs
from trimtab.policy import RuleScorer, may_apply
from trimtab.spec import LoadedRegions, load_any

PAGE = (Path(__file__).parents[2] / "docs" / "regions.md").read_text(encoding="utf-8")
FILES = ("prompts_train.jsonl", "prompts_heldout.jsonl", "comparisons.jsonl")


def test_twenty_lines_make_a_fourth_region(tmp_path: Path) -> None:
    recipe = PAGE[PAGE.index("## A fourth region") :]
    pack, section, rows = re.findall(r"```(?:yaml|json)\n(.*?)```", recipe, re.DOTALL)
    assert sum(len(part.splitlines()) for part in (pack, section, rows)) <= 20
    spec = tiny_regions(tmp_path, ("eu", "us", "apac"))
    raw = yaml.safe_load(spec.read_text())
    raw["regions"] |= yaml.safe_load(section)["regions"]
    spec.write_text(yaml.safe_dump(raw, sort_keys=False))
    for folder in ("packs", "nz"):
        (tmp_path / folder).mkdir()
    (tmp_path / "packs" / "nz.yaml").write_text(pack)
    for name, row in zip(FILES, rows.splitlines(), strict=True):
        (tmp_path / "nz" / name).write_text(row + "\n")
    loaded = load_any(spec)
    assert isinstance(loaded, LoadedRegions)
    assert list(loaded.regions) == ["eu", "us", "apac", "nz"]
    policy = loaded.regions["nz"].policy
    assert policy is not None
    assert "currency" in [rule.id for rule in policy.rules]
    scorer = RuleScorer(policy, policy.rule("currency"))
    pair = json.loads(rows.splitlines()[-1])
    told = scorer([(pair["prompt"], pair["chosen"]), (pair["prompt"], pair["rejected"])])
    assert [score.value for score in told] == [0.0, 1.0]  # what it is to learn is what it is held to
    inputs = read_region_inputs(loaded)
    assert all(may_apply(policy, policy.rule("currency"), each.text) for each in inputs.heldout["nz"])
    assert [prompt.id for prompt in inputs.heldout["nz"]] == ["nz-bus"]
