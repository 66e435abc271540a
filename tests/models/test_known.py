"""The catalogue of models: shapes, memory, templates and copies put by hand."""

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from tiny import tiny_tokenizer
from trimtab.errors import UserError
from trimtab.models import (
    CATALOG,
    Shape,
    entry_of,
    loading,
    memory_told,
    model_folder,
    out_of_memory,
    pull,
    pulling,
    read_card,
    rloo_need,
    sampling_need,
    size,
    step_need,
)
from trimtab.models import copied as copied_module
from trimtab.models.catalog import ModelCard
from trimtab.models.clock import at_fixed_clock
from trimtab.models.known import CatalogEntry
from trimtab.models.voice import told

TOTALS = {
    "smollm2-135m": 134_515_008,
    "smollm2-360m": 361_821_120,
    "qwen2.5-1.5b": 1_543_714_304,
    "llama-3.2-1b": 1_235_814_400,
    "llama-3.2-3b": 3_212_749_824,
    "qwen3-0.6b": 596_049_920,
    "qwen3-8b": 8_190_735_360,
    "gemma-3-270m": 268_098_176,
    "olmo-2-1b": 1_484_916_736,
}
"""Weights of transformers' models of these shapes, counted."""
LLAMA_1B5 = Shape(2048, 20, 32, 8, 64, 8192, 128256)


def test_names_are_unique_and_in_the_order_of_size() -> None:
    for names in ([item.alias for item in CATALOG], [item.hub_id for item in CATALOG]):
        assert len(set(names)) == len(names) >= 10
    sizes = [item.shape.parameters for item in CATALOG]
    assert sizes == sorted(sizes)
    assert all(item.source.startswith("https://") and item.shape_source for item in CATALOG)
    assert entry_of("Qwen/Qwen3-0.6B") is entry_of("qwen3-0.6b")


@pytest.mark.parametrize(("alias", "total"), TOTALS.items())
def test_parameters_come_from_the_shape(alias: str, total: int) -> None:
    found = entry_of(alias)
    assert found is not None
    assert found.shape.parameters == pytest.approx(total, rel=1e-3)


@pytest.mark.parametrize(
    ("shape", "tokens", "gib"),
    [(LLAMA_1B5, 8128, 19.6), (LLAMA_1B5, 22944, 54.4), (LLAMA_1B5, 18323, 43.6), (CATALOG[0].shape, 10773, 9.5)],
)
def test_memory_is_what_was_measured(shape: Shape, tokens: int, gib: float) -> None:
    """Peaks of DPO steps beyond the model, of forests and of padded batches (docs/gpu.md)."""
    assert step_need(shape, 1, tokens).work == pytest.approx(gib, rel=0.1)


def test_the_setting_that_is_named_halves_what_is_said() -> None:
    beside = step_need(LLAMA_1B5, 0).work
    for need, half in (
        (step_need(LLAMA_1B5, 8), step_need(LLAMA_1B5, 4)),
        (rloo_need(LLAMA_1B5, 32), rloo_need(LLAMA_1B5, 16)),
        (sampling_need(LLAMA_1B5, 32), sampling_need(LLAMA_1B5, 16)),
    ):
        assert need.work - half.work == pytest.approx(half.work, abs=beside + 1e-6)
        assert need.weights == half.weights
    assert step_need(LLAMA_1B5, 8, share=0.5).work < step_need(LLAMA_1B5, 8).work
    assert step_need(LLAMA_1B5, 8, precision="fp32").gib == pytest.approx(2 * step_need(LLAMA_1B5, 8).gib, rel=0.1)
    assert "training.batch_size" in step_need(LLAMA_1B5, 8).remedy(100.0)
    assert "smaller model" in step_need(LLAMA_1B5, 8).remedy(1.0)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: you tried to ..."),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 10 bytes."),
        RuntimeError("MPS backend out of memory (MPS allocated: 8 GB)"),
        RuntimeError("CUDA error: out of memory"),
        MemoryError(),
    ],
)
def test_memory_that_ran_out_is_one_message(error: Exception) -> None:
    assert out_of_memory(error)
    with pytest.raises(UserError) as caught, memory_told("Training DPO", lambda: step_need(LLAMA_1B5, 8)):
        raise error
    assert "up to" in caught.value.given
    assert "training.batch_size" in caught.value.fix


def test_another_error_stays_as_it_is() -> None:
    with pytest.raises(RuntimeError, match="shapes"), memory_told("Training DPO"):
        raise RuntimeError("shapes differ")
    assert not out_of_memory(ValueError("out of memory"))


@pytest.mark.parametrize(
    ("config", "shape"),
    [
        ({"model_type": "gemma3_text", "head_dim": 256, "num_key_value_heads": 1}, Shape(8, 2, 4, 1, 256, 16, 32)),
        ({"model_type": "llama"}, Shape(8, 2, 4, 4, 2, 16, 32, tied=False)),
        ({"model_type": "llama", "num_experts": 4}, None),
        ({"model_type": "llama", "hidden_size": None}, None),
    ],
)
def test_a_shape_is_told_by_a_configuration(config: dict[str, Any], shape: Shape | None) -> None:
    sizes = {"hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 16}
    assert Shape.of({**sizes, "vocab_size": 32, **config}) == shape
    assert Shape.of({"text_config": {**sizes, "vocab_size": 32, **config}}) == shape


def written(template: str, *, generation: bool, variables: dict[str, bool] | None = None) -> str:
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = (files("trl") / "chat_templates" / template).read_text()
    asked = [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "fun"}]
    return str(
        told(tokenizer, variables or {}).apply_chat_template(
            asked[:1] if generation else asked, tokenize=False, add_generation_prompt=generation
        )
    )


def test_a_template_is_told_not_to_think() -> None:
    """As Qwen3's own template has it; the question with its answer begins as the question alone."""
    found = entry_of("qwen3-0.6b")
    assert found is not None
    plain, told_off = (written("qwen3.jinja", generation=True, variables=v) for v in (None, found.template))
    assert told_off == plain + "<think>\n\n</think>\n\n"
    assert written("qwen3.jinja", generation=False, variables=found.template).startswith(told_off)
    twice = told(told(tiny_tokenizer(), found.template), found.template).chat_template
    assert twice.count("enable_thinking") == 1


@pytest.mark.parametrize(
    ("template", "system", "said", "never"),
    [
        ("qwen2_5.jinja", None, ["system\nYou are Qwen"], []),
        ("qwen3_instruct_2507.jinja", None, ["<|im_start|>assistant\n"], ["think"]),
        ("llama3_2.jinja", None, ["Today Date: 26 Jul 2024", "Cutting Knowledge Date"], []),
        ("gemma3.jinja", "be brief", ["user\nbe brief\n\nhello", "<start_of_turn>model"], ["system"]),
    ],
)
def test_what_is_said_of_templates(template: str, system: str | None, said: list[str], never: list[str]) -> None:
    tokenizer = at_fixed_clock(tiny_tokenizer())
    tokenizer.chat_template = (files("trl") / "chat_templates" / template).read_text()
    asked = [{"role": "system", "content": system}] if system else []
    text = tokenizer.apply_chat_template(
        [*asked, {"role": "user", "content": "hello"}], tokenize=False, add_generation_prompt=True
    )
    assert [words for words in said if words not in text] == []
    assert [words for words in never if words in text] == []


def test_the_documents_table_is_what_the_verb_prints() -> None:
    """docs/models.md; and what is put beside a CUDA build of torch pins neither torch nor what it brings."""
    root = Path(__file__).parents[2]
    table = (root / "docs" / "models.md").read_text()
    for item in CATALOG:
        gib = (sampling_need(item.shape, 32).gib, step_need(item.shape, 8).gib, rloo_need(item.shape, 32).gib)
        figures = " | ".join(f"{each:.1f}" for each in gib)
        gate = ", gated" if item.gated else ""
        named = f"| `{item.alias}` | [{item.hub_id}]({item.source}) | {item.license}{gate} "
        assert f"{named}| {size(item.shape.parameters)} | {item.model_type} | {figures} | {item.tried} |" in table
    cuda = [line for line in (root / "constraints-cuda.txt").read_text().splitlines() if "==" in line]
    assert set(cuda) <= set((root / "constraints.txt").read_text().splitlines())
    assert not [line for line in cuda if line.startswith(("torch", "nvidia", "triton", "cuda", "setuptools"))]


def tiny_entry(monkeypatch: pytest.MonkeyPatch) -> CatalogEntry:
    made = CatalogEntry("toy", "Toy", "toy/toy", "MIT", True, "llama", Shape(8, 2, 4, 2, 2, 16, 32), "weights", "", "")
    monkeypatch.setattr(pulling, "entry", lambda alias: made if alias == "toy" else None)
    return made


def test_a_model_by_name_is_loaded_with_what_its_template_is_told(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = replace(tiny_entry(monkeypatch), template={"enable_thinking": False})
    card = ModelCard(alias="toy", source="test", files={"a": "1"}, sizes={})
    monkeypatch.setattr(loading, "entry", lambda _: made)
    monkeypatch.setattr(loading, "read_card", lambda _: card)
    monkeypatch.setattr(loading, "model_folder", lambda _: base)
    said: list[str] = []
    told_off, own = loading.load(loading.ModelRef("toy"), "fp32", said.append), loading.identity
    assert str(told_off.tokenizer.chat_template).startswith("{% set enable_thinking = false %}")
    assert said == ["toy: its chat template is told enable_thinking=false"]
    before = own(loading.ModelRef("toy"), said.append)
    monkeypatch.setattr(loading, "entry", lambda _: replace(made, template={}))
    plain = loading.load(loading.ModelRef("toy"), "fp32", said.append)
    assert plain.told["template"] != told_off.told["template"]
    assert own(loading.ModelRef("toy"), said.append) != before


def put_copy(folder: Path, **changes: Any) -> None:
    folder.mkdir(parents=True)
    config = {"model_type": "llama", "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 4}
    config |= {"num_key_value_heads": 2, "intermediate_size": 16, "vocab_size": 32, "tie_word_embeddings": True}
    (folder / "config.json").write_text(json.dumps({**config, **changes}))
    (folder / "tokenizer.json").write_text("{}")
    save_file({"w": torch.zeros(1500, dtype=torch.bfloat16)}, folder / "model.safetensors")


def test_a_copy_put_where_the_message_says_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIMTAB_HOME", str(tmp_path))
    tiny_entry(monkeypatch)

    def no_hub(*_: Any) -> None:
        raise pulling._SourceFailed("no answer: test")

    monkeypatch.setattr(pulling, "_from_hub", no_hub)
    with pytest.raises(UserError) as caught:
        pull("toy", lambda _: None)
    for said in ("hf download toy/toy", str(model_folder("toy")), "tokenizer.json", "accept its licence"):
        assert said in caught.value.fix
    put_copy(model_folder("toy"))
    assert pull("toy", lambda _: None) == model_folder("toy")
    card = read_card("toy")
    assert card is not None
    assert "copy" in card.source


@pytest.mark.parametrize(
    ("changes", "left_out", "why"),
    [
        ({"num_hidden_layers": 3}, None, "3 layers"),
        ({"model_type": "qwen3"}, None, "qwen3"),
        ({"quantization_config": {"quant_method": "gptq"}}, None, "quantised"),
        ({}, "tokenizer.json", "tokenizer"),
        ({}, "model.safetensors", "no weights"),
        ({}, "config.json", "config.json"),
    ],
)
def test_another_copy_is_refused_and_left_alone(
    changes: dict[str, Any], left_out: str | None, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIMTAB_HOME", str(tmp_path))
    tiny_entry(monkeypatch)
    put_copy(model_folder("toy"), **changes)
    if left_out:
        (model_folder("toy") / left_out).unlink()
    before = sorted(path.name for path in model_folder("toy").iterdir())
    with pytest.raises(UserError, match=why):
        pull("toy", lambda _: None)
    assert sorted(path.name for path in model_folder("toy").iterdir()) == before


def test_half_a_copy_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_copy(tmp_path / "toy")
    save_file({"w": torch.zeros(8)}, tmp_path / "toy" / "model.safetensors")
    with pytest.raises(UserError, match="bytes"):
        copied_module.adopt(tiny_entry(monkeypatch), tmp_path / "toy")
