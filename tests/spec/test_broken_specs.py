"""Broken specs: each is refused in plain words that name the line, the value or key, and a remedy."""

import re
from pathlib import Path

import pytest

from broken_specs import CASES, GOOD, broken
from trimtab.errors import UserError, command_line
from trimtab.spec import load_spec

JARGON = re.compile(
    r"https?://errors\.pydantic|type=|input_value|Input should|unable to parse|validation error|ModelSpec"
    r"|Spec\b.*instance|dictionary|Tuple|tuple\[|<unicode string>|Traceback|yaml\.(?:scanner|parser|reader)|<class"
)


def refused(folder: Path, text: str | bytes, *overrides: str) -> UserError:
    (folder / "prompts.jsonl").write_text('{"id": "a", "prompt": "q"}\n')
    path = folder / "spec.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with command_line(), pytest.raises(UserError) as caught:
        load_spec(path, overrides)
    assert not JARGON.search(str(caught.value)), str(caught.value)
    for part in (caught.value.given, caught.value.why, caught.value.fix):
        assert part.strip()
    assert caught.value.given.endswith(".")
    return caught.value


@pytest.mark.parametrize(("text", "line", "says", "remedy"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_each_names_the_line_the_value_and_a_remedy(
    tmp_path: Path, text: str, line: int, says: list[str], remedy: str
) -> None:
    error = refused(tmp_path, text)
    assert re.search(rf"spec\.yaml line {line}\b", error.given), str(error)
    for word in says:
        assert word in str(error)
    assert remedy in error.fix, str(error)
    assert " more: " not in error.fix, "one thing is wrong, and the message tells of others"


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "- a\n- b\n", "hello\n", "5\n"])
def test_no_mapping(tmp_path: Path, text: str) -> None:
    error = refused(tmp_path, text)
    assert error.given == "spec.yaml holds no spec."
    assert "`goal`" in error.why
    assert "recipe" in error.fix


def test_a_value_that_holds_itself(tmp_path: Path) -> None:
    assert "holds itself" in str(refused(tmp_path, broken(("goal: Be concise.", "goal: &a [*a]"))))


def test_not_utf8_names_the_line(tmp_path: Path) -> None:
    error = refused(tmp_path, GOOD.replace("Be concise.", "Soyez prêt.").encode("latin-1"))
    assert "Line 2 is not UTF-8" in error.why
    assert "UTF-8" in error.fix


@pytest.mark.parametrize("name", ["nowhere.yaml", "."])
def test_a_spec_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError) as caught:
        load_spec(tmp_path / name)
    assert str(tmp_path) in caught.value.given
    assert "recipe" in caught.value.fix


def test_several_wrongs_are_told_together(tmp_path: Path) -> None:
    error = refused(tmp_path, broken(("rank: 8", "rank: eight"), ("1e-4", "-1"), ("name: concise", "name: X")))
    assert "line 1:" in error.given
    assert "There are 2 more:" in error.fix
    for place in ("line 16:", "line 18:"):
        assert place in error.fix
    assert "It must be a whole number" in error.fix


# overrides


@pytest.mark.parametrize(
    "override", ["training.learning_rate", "=3", "training..decode_batch_size=3", " =x", "", ".=1", "a.=1", ".a=1"]
)
def test_an_override_that_is_none(tmp_path: Path, override: str) -> None:
    error = refused(tmp_path, GOOD, override)
    assert f"--set {override}" in error.given
    assert "training.learning_rate=1e-4" in error.fix


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("training.learning_rate=abc", "is 'abc'"),
        ("training.learning_rate=", "is empty"),
        ("training.learning_rate=-1", "more than 0"),
        ("training.beta=inf", "finite"),
        ("training.lerning_rate=3", "`learning_rate`"),
        ("traning.decode_batch_size=3", "`training`"),
        ("name.x=3", "`name` is not a section"),
        ("gates.0.at_most=3", "`gates` is not a section"),
        ("gates[0].at_most=3", "There is no such key"),
        ("decode_batch_size=0", "at least 1"),
        ("decode_batch_size=5=6", "'5=6'"),
        ("training=3", "section"),
        ("feedback.sample.rubric=[]", "must not be empty"),
        ("prompts.train=nowhere.jsonl", "no file"),
        ("name=2024-13-45x y", "small letters"),
    ],
)
def test_a_wrong_override_is_named_instead_of_a_line(tmp_path: Path, override: str, says: str) -> None:
    error = refused(tmp_path, GOOD, override)
    assert f"--set {override}" in error.given
    assert "line" not in error.given
    assert says in str(error)


def test_the_last_override_wins_and_is_the_one_named(tmp_path: Path) -> None:
    assert "--set decode_batch_size=-2" in refused(tmp_path, GOOD, "decode_batch_size=7", "decode_batch_size=-2").given


def test_gates_on_rules_that_no_policy_has(tmp_path: Path) -> None:
    gate = ("style.words\n    at_most_of_base: 0.7", "policy.no-prices\n    at_most: 0.05")
    assert "policy.no-prices" in refused(tmp_path, broken(gate)).given
    (tmp_path / "p.yaml").write_text("name: p\nrules: [{id: no-names, text: No name., checks: [{contains: Bob}]}]\n")
    ruled = (("prompts:", "policy: p.yaml\nprompts:"), gate)
    assert "policy.no-names" in refused(tmp_path, broken(*ruled)).fix
    assert "absent.yaml" in refused(tmp_path, broken(("prompts:", "policy: absent.yaml\nprompts:"))).why
    (tmp_path / "p.yaml").write_text("rules: []\n")
    assert "p.yaml" in refused(tmp_path, broken(ruled[0])).given
