"""A spec of several regions: what each comes to, and each way in which it is broken, told with its line."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tiny_regions import tiny_regions
from trimtab.errors import UserError, UserNote
from trimtab.recipes import spec_path
from trimtab.spec import LoadedRegions, load_any, load_spec


def loaded(path: Path, *overrides: str) -> LoadedRegions:
    found = load_any(path, overrides)
    assert isinstance(found, LoadedRegions)
    return found


def changed(path: Path, **regions: Any) -> Path:
    raw = yaml.safe_load(path.read_text())
    for name, keys in regions.items():
        raw["regions"][name] = {**raw["regions"].get(name, {}), **keys}
    path.write_text(yaml.safe_dump(raw, sort_keys=False))
    return path


def line_of(path: Path, text: str) -> int:
    return next(number for number, line in enumerate(path.read_text().splitlines(), 1) if text in line)


def test_a_region_is_the_whole_spec_with_its_keys_over_it(tmp_path: Path) -> None:
    path = changed(
        tiny_regions(tmp_path),
        eu={"training": {"beta": 0.3}, "gates": [{"metric": "policy.any", "at_most": 0.5}]},
    )
    regions = loaded(path, "training.epochs=4", "regions.us.training.beta=0.7").regions
    eu, us = regions["eu"].spec, regions["us"].spec
    assert (eu.name, us.name) == ("tiny-eu", "tiny-us")
    assert (eu.training.beta, us.training.beta) == (0.3, 0.7)
    assert eu.training.learning_rate == us.training.learning_rate == 1e-3
    assert eu.training.epochs == us.training.epochs == 4
    assert [gate.metric for gate in eu.gates] == ["style.words", "policy.any"]
    assert [gate.metric for gate in us.gates] == ["style.words"]
    assert eu.policy == "eu/pack.yaml"
    assert regions["us"].policy is not None
    assert regions["us"].policy.rules[0].id == "green-word"


def test_a_shipped_pack_is_named_beside_a_folder_of_that_name(tmp_path: Path) -> None:
    path = changed(tiny_regions(tmp_path), us={"policy": "us"})  # us/ holds the region's prompts
    with pytest.warns(UserNote, match="us as of"):
        us = loaded(path).regions["us"]
    assert us.policy is not None
    assert us.policy.name == "us"


def test_a_pack_that_contradicts_itself_is_told(tmp_path: Path) -> None:
    path = tiny_regions(tmp_path)
    assert not [note for each in loaded(path).regions.values() for note in each.notes if "can keep" in note]
    pack = yaml.safe_load((tmp_path / "us/pack.yaml").read_text())
    ban = {**pack["rules"][0], "id": "no-green", "text": "Leave it out.", "requires": "avoid"}
    pack["rules"].append({**ban, "checks": [{"contains": r"\bgreen\b"}]})
    (tmp_path / "us/pack.yaml").write_text(yaml.safe_dump(pack))
    regions = loaded(path).regions
    assert not [note for note in regions["eu"].notes if "can keep" in note]
    [told] = [note for note in regions["us"].notes if "can keep" in note]
    assert told.startswith("no answer can keep all rules of pack.yaml: tiny-us/green-word")


def test_facts_and_points_of_all_are_a_regions_unless_it_has_its_own(tmp_path: Path) -> None:
    path = tiny_regions(tmp_path)
    for name in ("facts", "other"):
        (tmp_path / f"{name}.jsonl").write_text("")
    raw = yaml.safe_load(path.read_text())
    raw["prompts"]["facts"] = "facts.jsonl"
    raw["regions"]["us"]["prompts"]["facts"] = "other.jsonl"
    path.write_text(yaml.safe_dump(raw))
    facts = {name: each.spec.prompts.facts for name, each in loaded(path).regions.items()}
    assert facts == {"eu": "facts.jsonl", "us": "other.jsonl"}


def test_what_is_shared_is_a_run_of_its_own(tmp_path: Path) -> None:
    assert loaded(tiny_regions(tmp_path)).shared is None
    shared = loaded(tiny_regions(tmp_path, shared=True)).shared
    assert shared is not None
    assert shared.spec.name == "tiny-shared"
    assert shared.spec.policy is None
    assert [file.path for file in shared.spec.feedback.files] == ["common/comparisons.jsonl"]


def test_one_region_is_a_spec_by_itself(tmp_path: Path) -> None:
    path = tiny_regions(tmp_path)
    alone = load_spec(spec_path(f"{path}:us"), ["training.beta=0.9"])
    assert alone.spec == loaded(path, "training.beta=0.9").regions["us"].spec
    with pytest.raises(UserError, match="Its regions are eu, us"):
        load_spec(Path(f"{path}:cn"))
    path = tiny_regions(tmp_path, shared=True)
    with pytest.warns(UserNote, match="us by itself starts from the model as it is"):
        load_spec(Path(f"{path}:us"))


def test_what_takes_one_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has 2 regions: eu, us") as told:
        load_spec(tiny_regions(tmp_path))
    assert f"{tmp_path}/spec.yaml:eu" in told.value.fix


BROKEN: list[tuple[str, dict[str, Any], str, list[str]]] = [
    ("unknown key", {"eu": {"polcy": "x"}}, "polcy:", ["`regions.eu.polcy` is given", "Did you mean `policy`?"]),
    ("no prompts", {"apac": {"policy": "p", "feedback": {}}}, "  apac:", ["`regions.apac.prompts` is missing"]),
    (
        "no held-out prompts",
        {"eu": {"prompts": {"train": "t"}}},
        "prompts:",
        ["`regions.eu.prompts.heldout` is missing"],
    ),
    ("a value of a section", {"us": {"training": {"beta": "much"}}}, "beta:", ["(region us) line", "`training.beta`"]),
    ("a key of a section", {"us": {"training": {"bta": 1}}}, "bta:", ["`training.bta` is given", "`beta`"]),
    (
        "a gate",
        {"us": {"gates": [{"metric": "style.wrds", "at_most": 1}]}},
        "style.wrds",
        ["Did you mean `style.words`"],
    ),
    (
        "a gate over regions",
        {"us": {"gates": [{"metric": "regions.us.own", "at_least": 0.9}]}},
        "regions.us.own",
        ["a figure of the matrix", "`matrix: {own: 0.9, leakage: 0.05}`"],
    ),
    ("no pack", {"us": {"policy": "nowhere.yaml"}}, "nowhere", ["`policy` is 'nowhere.yaml'", "no file"]),
    ("a shipped pack misspelt", {"us": {"policy": "usa"}}, "policy: usa", ["no file", "a shipped pack: base, eu, us,"]),
    ("a path whose end is a shipped pack's name", {"us": {"policy": "packs/us"}}, "packs/us", ["no file"]),
    ("one pack twice", {"us": {"policy": "eu/../eu/pack.yaml"}}, "eu/../", ["The region eu has the same"]),
    ("a name that is taken", {"shared": {}}, "  shared:", ["shared"]),
    ("a name in capitals", {"EU": {}}, "  EU:", ["may hold small letters, digits, `_` and `-`,"]),
    (
        "no section",
        {"eu": {"training": 3}},
        "training: 3",
        ["`regions.eu.training` is 3", "a section with keys of its own."],
    ),
    ("a section of nothing", {"us": {"prompts": None}}, "prompts: null", ["empty", "train, heldout, facts, points"]),
]


@pytest.mark.parametrize(("keys", "at", "told"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_each_mistake_is_told_at_its_line(tmp_path: Path, keys: dict[str, Any], at: str, told: list[str]) -> None:
    path = changed(tiny_regions(tmp_path), **keys)
    lines = path.read_text().splitlines()
    section = next((i for i, line in enumerate(lines) if line.strip() == f"{next(iter(keys))}:"), 0)
    line = next(i for i, text in enumerate(lines, 1) if at in text and i > section)
    with pytest.raises(UserError) as error:
        load_any(path)
    message = str(error.value)
    assert f"line {line}" in message, message
    for part in told:
        assert part in message, message


def test_mistakes_of_the_whole_are_told(tmp_path: Path) -> None:
    one = tiny_regions(tmp_path, ("eu",))
    with pytest.raises(UserError, match=r"`regions` does not fit\.\n.*It must hold at least 2, and holds 1\."):
        load_any(one)
    path = tiny_regions(tmp_path)
    with pytest.raises(UserError, match="leave `prompts"):
        load_any(path, ["prompts.train=eu/train.jsonl"])
    with pytest.raises(UserError, match=r"--set prompts\.heldout=none\.jsonl|set.*none\.jsonl"):
        load_any(path, ["prompts.heldout=none.jsonl"])
    path.write_text(path.read_text().replace("  us:", "  us: {}\n  us:"))
    with pytest.raises(UserError, match=r"spec\.yaml line \d+ gives `regions\.us` again"):
        load_any(path)
    with pytest.raises(UserError, match=r"`regions` is 'eu'.\n.*a section with keys of its own\.\n"):
        load_any(tiny_regions(tmp_path, regions="eu"))
    with pytest.raises(UserError, match="It must be true or false"):
        load_any(tiny_regions(tmp_path, merged="sure"))
    gateless = tiny_regions(tmp_path, gates=[])
    with pytest.raises(UserError, match="`gates` is missing"):
        load_any(gateless)
