"""Good specs load, defaults are filled, and overrides reach nested values with the right type."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from trimtab.errors import UserError
from trimtab.spec import LIMITS, GateSpec, load_spec

SPEC = """\
name: concise
goal: Be concise.
model: {name: smollm2-135m}
prompts: {train: data/train.jsonl, heldout: data/heldout.jsonl}
feedback: {files: [{path: data/c.jsonl}]}
training:
gates:
  - {metric: style.words, at_most_of_base: 0.7}
  - {metric: kl.per_token, at_most: 0.5}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    for name in ("train", "heldout", "c"):
        (tmp_path / "data" / f"{name}.jsonl").touch()
    (tmp_path / "spec.yaml").write_text(SPEC.replace("training:\n", ""))
    return tmp_path / "spec.yaml"


def test_loads_with_defaults_and_paths_from_its_folder(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    loaded = load_spec(path)
    assert loaded.spec.name == "concise"
    assert loaded.spec.training.beta == 0.1
    assert loaded.spec.gates[0].limit == ("at_most_of_base", 0.7)
    assert loaded.path("data/train.jsonl") == path.parent.resolve() / "data/train.jsonl"
    assert loaded.path("/tmp/x") == Path("/tmp/x").resolve()


def test_byte_order_mark_and_windows_lines(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + path.read_text().replace("\n", "\r\n").encode())
    assert load_spec(path).spec.name == "concise"


@pytest.mark.parametrize(
    ("override", "value"),
    [("1e-4", 1e-4), ("1E-4", 1e-4), ("0.5", 0.5), ("1", 1.0), (" 2e-3 ", 2e-3), (".5", 0.5)],
)
def test_an_override_of_a_number_is_a_float(path: Path, override: str, value: float) -> None:
    rate = load_spec(path, [f"training.learning_rate={override}"]).spec.training.learning_rate
    assert rate == value
    assert type(rate) is float


def test_overrides_nest_replace_and_leave_the_rest(path: Path) -> None:
    spec = load_spec(
        path,
        ["training.lora.rank=4", "decode_batch_size = 7", "goal=a=b", "training.lora.target_modules=[q_proj, v_proj]"],
    ).spec
    assert spec.training.lora.rank == 4
    assert spec.training.lora.alpha == 32
    assert spec.decode_batch_size == 7
    assert spec.goal == "a=b"
    assert spec.training.lora.target_modules == ("q_proj", "v_proj")
    assert load_spec(path).spec.decode_batch_size == 96  # the file is as it was


@pytest.mark.parametrize("text", ["2024-13-45", "[", "a: b: c", "!!python/object:os.system {}", "{"])
def test_an_override_that_is_no_yaml_is_text(path: Path, text: str) -> None:
    assert load_spec(path, [f"goal={text}"]).spec.goal == text


def test_an_override_reaches_into_a_section_left_empty(path: Path) -> None:
    path.write_text(SPEC)
    assert load_spec(path, ["training.epochs=2"]).spec.training.epochs == 2


def test_numbers_as_yaml_reads_them_too(path: Path) -> None:
    path.write_text(SPEC.replace("training:\n", "training: {learning_rate: 1e-4, beta: 5e-2}\n"))
    training = load_spec(path).spec.training
    assert (training.learning_rate, training.beta) == (1e-4, 0.05)


def test_equal_specs_are_equal_and_frozen(path: Path) -> None:
    assert load_spec(path).spec == load_spec(path).spec
    assert load_spec(path).spec != load_spec(path, ["seed=1"]).spec
    with pytest.raises(ValidationError):
        load_spec(path).spec.decode_batch_size = 3


@pytest.mark.parametrize("limit", [limit for limit in LIMITS if not limit.endswith("_than")])
def test_each_limit_alone_is_a_gate(limit: str) -> None:
    gate = GateSpec.model_validate({"metric": "style.words", limit: 0.5})
    assert gate.limit == (limit, 0.5)
    assert gate.against == (None if limit in ("at_least", "at_most") else "before")


def test_zero_is_a_limit() -> None:
    assert GateSpec(metric="style.words", at_most=0.0).limit == ("at_most", 0.0)


def test_feedback_files_and_a_first_stage(path: Path) -> None:
    spec = load_spec(
        path,
        [
            "feedback.files=[{path: data/c.jsonl, weight: 0.5, margin: 0.4}, {path: data/train.jsonl}]",
            "training.sft_first.epochs=2",
        ],
    ).spec
    assert [(file.weight, file.margin) for file in spec.feedback.files] == [(0.5, 0.4), (1.0, 0.25)]
    assert spec.training.sft_first is not None
    assert (spec.training.sft_first.epochs, spec.training.sft_first.learning_rate) == (2.0, 1e-4)
    assert load_spec(path).spec.training.sft_first is None


FILE = "{file: {path: data/c.jsonl}}"
SAMPLED = "{rubric: [{scorer: words, weight: 1, full_to: 2, zero_above: 30}]}"
LIST = f"feedback={{sources: [{{sample: {SAMPLED}}}, {FILE}]}}"
SAME = {
    "short": [f"feedback.sample={SAMPLED}", "feedback.sample.margin=0.3"],
    "list": [LIST, "feedback.sample.margin=0.3"],
}


@pytest.mark.parametrize("way", SAME)
def test_sources_and_their_short_forms_are_one_thing(path: Path, way: str) -> None:
    spec = load_spec(path, SAME[way]).spec
    first, second = spec.feedback.sources
    assert first.sample is not None
    assert first.sample == spec.feedback.sample
    assert (first.sample.margin, second.file) == (0.3, spec.feedback.files[0])
    assert spec == load_spec(path, SAME["short"]).spec
    assert set(spec.model_dump()["feedback"]) == {"sources"}
    assert type(spec).model_validate(spec.model_dump(mode="json")) == spec


def test_several_sources_of_both_kinds_in_any_order(path: Path) -> None:
    twice = f"{{sample: {SAMPLED}}}, {{sample: {SAMPLED}}}"
    sources = f"feedback={{sources: [{FILE}, {twice}, {FILE}]}}"
    spec = load_spec(path, [sources]).spec
    assert [source.sample is not None for source in spec.feedback.sources] == [False, True, True, False]
    assert len(spec.feedback.files) == 2
    with pytest.raises(UserError, match="2 of the spec's sources are sampled"):
        load_spec(path, [sources, "feedback.sample.margin=0.3"])


def test_a_wrong_override_of_the_one_sampled_source_is_named(path: Path) -> None:
    with pytest.raises(UserError, match=r"feedback\.sample\.margin=3"):
        load_spec(path, [LIST, "feedback.sample.margin=3"])


def test_rounds_need_a_source_that_samples(path: Path) -> None:
    with pytest.raises(UserError, match="without a source that samples"):
        load_spec(path, ["rounds=2"])
    assert load_spec(path, ["rounds=2", f"feedback.sample={SAMPLED}"]).spec.rounds == 2


@pytest.mark.parametrize("method", ["dpo", "kto", "sft"])
def test_each_method(path: Path, method: str) -> None:
    assert load_spec(path, [f"training.method={method}"]).spec.training.method == method


RULES = "name: p\nrules: [{id: no-prices, text: No price., checks: [{contains: euro}]}]\n"


def test_gates_may_look_at_the_policy_rules(path: Path) -> None:
    (path.parent / "p.yaml").write_text(RULES)
    loaded = load_spec(path, ["policy=p.yaml", "gates=[{metric: policy.no-prices, at_most: 0.05}]"])
    assert loaded.policy is not None
    assert loaded.policy.rules[0].id == "no-prices"
    assert load_spec(path).policy is None
