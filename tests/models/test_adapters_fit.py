"""An adapter is loaded to the last tensor or not at all, and says merged what it says beside its model."""

import json
import shutil
import warnings
from pathlib import Path
from typing import Any

import peft
import pytest
import torch
from safetensors.torch import load_file, save_file

from adapter_makers import IDS, WEIGHTS, changed, lora, save_adapter, save_base
from tiny import tiny_model, tiny_tokenizer
from trimtab.errors import UserError, UserNote
from trimtab.models import InProcess, LoadedModel, ModelRef, load

GROWN = torch.tensor([[6, 7, 59, 60, 61, 8]])


@pytest.fixture(scope="module")
def adapter(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("adapters") / "fits"
    save_adapter(folder, base)
    return folder


def loaded(base: Path, *adapters: Path) -> LoadedModel:
    return load(ModelRef(str(base), tuple(map(str, adapters))), "fp32", lambda line: None)


def logits(model: LoadedModel, ids: torch.Tensor = IDS) -> torch.Tensor:
    with torch.no_grad():
        return model.model(input_ids=ids).logits


@pytest.mark.case("F05", "an adapter on tied embeddings says merged what it says beside them: the two are parted")
@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize(
    "options",
    [
        {"target_modules": ["lm_head"]},
        {"target_modules": ["embed_tokens"]},
        {"target_modules": ["embed_tokens", "lm_head", "q_proj"]},
        {"target_modules": ["embed_tokens"], "ensure_weight_tying": True},
        {"target_modules": ["q_proj"], "modules_to_save": ["embed_tokens"]},
        {"target_modules": ["q_proj"], "modules_to_save": ["lm_head"]},
        {"target_modules": ["q_proj"], "trainable_token_indices": [8, 30]},
    ],
    ids=["head", "embedding", "both", "kept tied", "saved embedding", "saved head", "some tokens"],
)
def test_what_is_merged_says_the_same(
    ties: bool, options: dict[str, Any], base: Path, tied: Path, tmp_path: Path
) -> None:
    on = tied if ties else base
    beside = save_adapter(tmp_path / "a", on, lora(**options))
    model = loaded(on, tmp_path / "a")
    assert torch.allclose(logits(model), beside, atol=1e-4)
    assert not torch.allclose(logits(model), logits(loaded(on)), atol=1e-2)
    assert not hasattr(model.model, "peft_config")


def test_weights_that_were_trained_as_one_are_one_again(tied: Path, tmp_path: Path) -> None:
    save_adapter(tmp_path / "a", tied, lora(target_modules=["embed_tokens"], ensure_weight_tying=True))
    model = loaded(tied, tmp_path / "a").model
    assert model.get_input_embeddings().weight is model.get_output_embeddings().weight
    save_adapter(tmp_path / "b", tied, lora(target_modules=["lm_head"]))
    assert not loaded(tied, tmp_path / "b").model.config.tie_word_embeddings


@pytest.mark.parametrize(
    "config",
    [
        lora(use_dora=True),
        lora(use_rslora=True, target_modules=r".*layers\.1.*q_proj"),
        peft.IA3Config(
            task_type="CAUSAL_LM", target_modules=["k_proj", "down_proj"], feedforward_modules=["down_proj"]
        ),
        peft.VeraConfig(task_type="CAUSAL_LM", r=4, target_modules=["q_proj"]),
        peft.VBLoRAConfig(task_type="CAUSAL_LM", r=4, num_vectors=8, vector_length=8, target_modules=["q_proj"]),
        peft.LNTuningConfig(task_type="CAUSAL_LM", target_modules=["input_layernorm"]),
    ],
    ids=["dora", "rslora", "ia3", "vera", "vblora", "layer norms"],
)
def test_other_kinds_are_merged_to_what_they_say(config: Any, base: Path, tmp_path: Path) -> None:
    beside = save_adapter(tmp_path / "a", base, config)
    assert torch.allclose(logits(loaded(base, tmp_path / "a")), beside, atol=1e-4)


@pytest.mark.case("F27", "an adapter that cannot be merged is refused by its kind, without a traceback")
@pytest.mark.parametrize(
    "config",
    [
        peft.PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=3),
        peft.PrefixTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=3),
        peft.PromptEncoderConfig(task_type="CAUSAL_LM", num_virtual_tokens=3),
    ],
    ids=lambda config: config.peft_type.value,
)
def test_what_cannot_be_merged_is_refused(config: Any, base: Path, tmp_path: Path) -> None:
    peft.get_peft_model(tiny_model("qwen3"), config).save_pretrained(tmp_path / "a")
    with pytest.raises(UserError, match=f"of the kind {config.peft_type.value}, .*cannot be merged"):
        loaded(base, tmp_path / "a")


@pytest.mark.case("F03", "an adapter of which not every tensor fits is refused, with how many of them do")
@pytest.mark.parametrize(
    ("change", "config", "told"),
    [
        (lambda t: {k.replace("model.model", "model.inner.model"): v for k, v in t.items()}, {}, "0 of its 28 tensors"),
        (lambda t: {f"module.{k}": v for k, v in t.items()}, {}, "0 of its 28 tensors"),
        (
            lambda t: {k: v for k, v in t.items() if "layers.1" not in k},
            {},
            "14 of its 14 tensors fit",
        ),
        (lambda t: {k: v for k, v in t.items() if "lora_B" not in k}, {}, "14 of its 14 tensors fit"),
        (lambda t: {**t, "v_head.weight": torch.ones(3)}, {}, "28 of its 29 tensors fit .*no place for v_head.weight"),
        (lambda t: t, {"r": 8}, r"0 of its 28 tensors fit .*: \S+ is 4 x 64, and 8 x 64 is its place"),
        (lambda t: t, {"target_modules": ["wq"]}, "does not fit the model"),
        (lambda t: t, {"peft_type": "SPARKLE"}, "none that PEFT reads"),
        (lambda t: {k: v * torch.nan for k, v in t.items()}, {}, "says no numbers"),
        (lambda t: {}, {}, "holds no tensors"),
    ],
    ids=["names", "wrapper", "half", "no b", "more", "rank", "targets", "kind", "nan", "empty"],
)
def test_an_adapter_that_does_not_fit_is_refused(
    change: Any, config: dict[str, Any], told: str, base: Path, adapter: Path, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=told):
        loaded(base, changed(adapter, tmp_path / "a", change, **config))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"num_hidden_layers": 1}, "14 of its 28 tensors fit"),
        ({"num_hidden_layers": 3}, "8 of its 8 tensors fit .*layers.2.* are not in its file"),
        ({"hidden_size": 64}, r"of its 28 tensors fit .* is its place there"),
    ],
    ids=["shallower", "deeper", "wider"],
)
def test_an_adapter_of_another_model_is_refused(
    changes: Any, told: str, base: Path, adapter: Path, tmp_path: Path
) -> None:
    if changes == {"num_hidden_layers": 3}:  # by names that stand for every layer
        save_adapter(tmp_path / "named", base, lora(target_modules=["q_proj", "v_proj"]))
        adapter = tmp_path / "named"
    with pytest.raises(UserError, match=told):
        loaded(save_base(tmp_path / "other", **changes), adapter)


PLACES = ["model.layers.0.self_attn.q_proj", "model.layers.1.self_attn.q_proj"]


@pytest.fixture(scope="module")
def deep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_base(tmp_path_factory.mktemp("deep") / "model", num_hidden_layers=4)


@pytest.mark.parametrize("more", [[], ["lm_head"], ["model.layers.0.mlp.up_proj"]], ids=["alone", "head", "uneven"])
def test_an_adapter_of_a_shallower_model_is_refused(more: list[str], base: Path, deep: Path, tmp_path: Path) -> None:
    """By full names of its places it fits to the last tensor."""
    save_adapter(tmp_path / "a", base, lora(target_modules=[*PLACES, *more]))
    with pytest.raises(UserError, match=r"changes the first 2 of the model's 4 layers .* names no layers") as told:
        loaded(deep, tmp_path / "a")
    assert str(base) in told.value.why
    assert "layers_to_transform of [0, 1]" in told.value.fix
    loaded(base, tmp_path / "a")


@pytest.mark.parametrize(
    ("options", "notes"),
    [
        ({"target_modules": PLACES, "layers_to_transform": [0, 1]}, 0),
        ({"target_modules": r".*layers\.[01]\.self_attn\.q_proj"}, 0),
        ({"target_modules": ["q_proj", "v_proj"], "layers_to_transform": [1]}, 0),
        ({"target_modules": ["lm_head"]}, 0),
        ({"target_modules": [PLACES[1]]}, 1),
    ],
    ids=["said", "pattern", "one layer", "no layers", "not the first"],
)
def test_layers_that_were_meant_are_loaded(options: Any, notes: int, base: Path, deep: Path, tmp_path: Path) -> None:
    save_adapter(tmp_path / "a", deep, lora(**options))
    for named, expected in ((str(deep), 0), (str(base), notes)):  # its own base says enough
        changed(tmp_path / "a", tmp_path / str(expected), lambda t: t, base_model_name_or_path=named)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            loaded(deep, tmp_path / str(expected))
        told = [str(each.message) for each in caught if each.category is UserNote]
        assert len(told) == expected
        assert all("changes 1 of the model's 4 layers" in note for note in told)
        shutil.rmtree(tmp_path / str(expected))


def test_an_adapter_of_another_architecture_is_refused(adapter: Path, tmp_path: Path) -> None:
    tiny_model("gpt2").save_pretrained(tmp_path)
    tiny_tokenizer().save_pretrained(tmp_path)
    with pytest.raises(UserError, match="does not fit the model"):
        loaded(tmp_path, adapter)


def test_half_a_file_is_told(base: Path, adapter: Path, tmp_path: Path) -> None:
    folder = tmp_path / "a"
    shutil.copytree(adapter, folder)
    whole = (folder / WEIGHTS).read_bytes()
    for content, told in (
        (whole[: len(whole) // 2], "no whole file of tensors"),
        (b"", "no whole file of tensors"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n", "a pointer of Git LFS"),
    ):
        (folder / WEIGHTS).write_bytes(content)
        with pytest.raises(UserError, match=told):
            loaded(base, folder)
    (folder / WEIGHTS).unlink()
    with pytest.raises(UserError, match="holds neither adapter_model"):
        loaded(base, folder)
    for content in ('{"peft', "[1]", ""):
        (folder / "adapter_config.json").write_text(content)
        with pytest.raises(UserError, match=r"adapter_config\.json cannot be read"):
            loaded(base, folder)


@pytest.mark.parametrize(
    ("options", "noise", "told"),
    [({}, 0.0, "all 14 .* zero"), ({"lora_alpha": 0}, 0.3, "not one log-probability")],
    ids=["zero", "scaled to nothing"],
)
def test_an_adapter_that_does_nothing_is_told(
    options: Any, noise: float, told: str, base: Path, adapter: Path, tmp_path: Path
) -> None:
    save_adapter(tmp_path / "a", base, lora(**options), noise=noise)
    with pytest.warns(UserNote, match=f"changes nothing: {told}"):
        loaded(base, tmp_path / "a")
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserNote)
        loaded(base, adapter)


@pytest.mark.case("F29", "an adapter with added tokens grows its model, or says how many tokens the base lacks")
@pytest.mark.parametrize("ties", [False, True])
def test_added_tokens_that_the_adapter_holds_are_read(ties: bool, base: Path, tied: Path, tmp_path: Path) -> None:
    on, whole = (tied, ["embed_tokens"]) if ties else (base, ["embed_tokens", "lm_head"])
    beside = save_adapter(tmp_path / "a", on, lora(modules_to_save=whole), added=3, ids=GROWN)
    model = loaded(on, tmp_path / "a")
    assert torch.allclose(logits(model, GROWN), beside, atol=1e-4)
    assert model.tokenizer("new0 new2")["input_ids"] == [59, 61]
    assert model.told["tokenizer"].endswith("the adapter's own")


def test_added_tokens_that_nobody_holds_are_refused(base: Path, tmp_path: Path) -> None:
    save_adapter(tmp_path / "a", base, added=2)
    kept = {k: v for k, v in load_file(tmp_path / "a" / WEIGHTS).items() if "lora" in k}
    save_file(kept, tmp_path / "a" / WEIGHTS)  # as PEFT saves it where the base is not at hand
    with pytest.raises(UserError, match="Its tokenizer has 61 tokens and the base model 59, 2 fewer"):
        loaded(base, tmp_path / "a")
    save_adapter(tmp_path / "b", base, lora(target_modules=["lm_head"]), added=2)
    kept = {k: v for k, v in load_file(tmp_path / "b" / WEIGHTS).items() if "lora" in k}
    save_file(kept, tmp_path / "b" / WEIGHTS)
    with pytest.raises(UserError, match="trained with 61 tokens and the base model 59, 2 fewer"):
        loaded(base, tmp_path / "b")


TEMPLATE = "{% for m in messages %}<|system|> {{ m['content'] }} {% endfor %}"


@pytest.mark.case("F04", "an adapter's own tokenizer and template are used, and the fingerprint says whose")
def test_the_adapters_own_template_is_used(base: Path, adapter: Path, tmp_path: Path) -> None:
    tokenizer, plain = tiny_tokenizer(), InProcess(loaded(base)).describe()["template"]
    tokenizer.chat_template = TEMPLATE
    whole, alone, inside, bare = (tmp_path / name for name in ("whole", "alone", "inside", "bare"))
    for folder in (whole, alone, inside, bare):
        shutil.copytree(adapter, folder)
    tokenizer.save_pretrained(whole)
    (alone / "chat_template.jinja").write_text(TEMPLATE)
    (inside / "tokenizer_config.json").write_text(json.dumps({"chat_template": TEMPLATE}))
    tokenizer.chat_template = None
    tokenizer.save_pretrained(bare)
    for folder in (whole, alone, inside):
        model = loaded(base, folder)
        told = InProcess(model).describe()["template"]
        assert model.tokenizer.chat_template == TEMPLATE
        assert told.endswith(", the adapter's own")
        assert not told.startswith(plain)
    for folder in (adapter, bare):  # the base's, and the fingerprint is the base's
        model = loaded(base, folder)
        assert InProcess(model).describe()["template"] == plain
        assert "tokenizer" not in model.told
    assert loaded(base, whole, adapter).tokenizer.chat_template == TEMPLATE  # the last that has one
    (bare / "tokenizer.json").write_text('{"a')
    with pytest.raises(UserError, match="Its tokenizer cannot be loaded"):
        loaded(base, bare)
