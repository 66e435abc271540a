"""Packed layers say what the model's own say, are made anew where weights change, and stand back everywhere else."""

import copy
import gc
import weakref
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model

from tiny import tiny_model
from trimtab.models import Decoding, answer_ids
from trimtab.sharing import Scorer, described_layers, how, lean, lean_layer, lean_of
from trimtab.sharing.packed import Frozen

IDS = torch.tensor([[3, 7, 9, 11, 20, 5, 31, 8, 12, 14, 6, 17, 25, 30, 4]])
BIASED = {"attention_bias": True}


def said(model: Any, **given: Any) -> torch.Tensor:
    with torch.no_grad():
        return torch.log_softmax(model(input_ids=IDS, use_cache=False, **given).logits.float(), -1)


def read_lean(model: Any) -> torch.Tensor:
    with torch.no_grad():
        found = lean_of(model)
        assert found is not None
        with found.in_use():
            return said(model)


@pytest.mark.parametrize(
    ("kind", "changes"), [("llama", {}), ("llama", BIASED), ("mistral", {}), ("qwen2", {}), ("qwen2", {"head_dim": 16})]
)
def test_packed_layers_say_what_the_layers_say(kind: str, changes: dict[str, Any]) -> None:
    model = tiny_model(kind, **changes)
    if kind == "qwen2" or changes:
        for name, each in model.named_parameters():
            if name.endswith("bias"):
                torch.nn.init.normal_(each)
    own = said(model)
    assert (read_lean(model) - own).abs().max() < 1e-4
    assert torch.equal(said(model), own)  # and the layers are what they were


def test_in_bf16_they_are_no_farther_from_fp32() -> None:
    whole = tiny_model("llama", hidden_size=64, intermediate_size=128, num_hidden_layers=4)
    exact = said(whole)
    half: Any = copy.deepcopy(whole).to(torch.bfloat16)
    for weight, rounded in zip(whole.parameters(), half.parameters(), strict=True):
        weight.data.copy_(rounded.data)
    exact = said(whole)
    own, ours = ((found - exact).abs().mean() for found in (said(half), read_lean(half)))
    assert 0 < ours < 1.2 * own


def test_a_changed_weight_is_packed_anew() -> None:
    model: Any = tiny_model("llama")
    before = read_lean(model)
    assert torch.equal(read_lean(model), before)
    model.model.layers[1].mlp.down_proj.weight.data += 0.5  # as PEFT merges an adapter: no version tells of it
    assert (read_lean(model) - said(model)).abs().max() < 1e-4
    assert (read_lean(model) - before).abs().max() > 0.01


def test_a_changed_bias_is_taken_anew() -> None:
    model = adapted(tiny_model("qwen2"), bias="all")  # PEFT trains the biases beside the adapters
    inner = model.get_base_model()
    before = read_lean(inner)
    with torch.no_grad():
        inner.model.layers[0].self_attn.v_proj.base_layer.bias.add_(0.5)
    assert (read_lean(inner) - said(inner)).abs().max() < 1e-4
    assert (read_lean(inner) - before).abs().max() > 0.01


def test_an_output_layer_that_somebody_listens_to_is_left_alone() -> None:
    model: Any = tiny_model("llama")
    heard: list[int] = []
    own = said(model)
    hook = model.lm_head.register_forward_hook(lambda *_: heard.append(1))
    assert (read_lean(model) - own).abs().max() < 1e-4
    assert heard
    hook.remove()
    assert (read_lean(model) - own).abs().max() < 1e-4


def test_a_model_is_let_go_of_with_its_packed_layers() -> None:
    model: Any = tiny_model("llama")
    read_lean(model)
    gone = weakref.ref(model.model.layers[0])
    del model
    gc.collect()
    assert gone() is None


def adapted(model: Any, **changes: Any) -> Any:
    """With an adapter that says something, on all linear layers where nothing else is said."""
    given = {"r": 2, "target_modules": "all-linear", "init_lora_weights": False, **changes}
    return get_peft_model(model, LoraConfig(**given)).eval()


@pytest.mark.parametrize("targets", ["all-linear", ["v_proj", "up_proj"], ["gate_proj", "o_proj"]])
@pytest.mark.parametrize("kind", ["llama", "qwen2"])
def test_adapters_say_beside_packed_layers_what_they_say_beside_plain_ones(kind: str, targets: Any) -> None:
    model = adapted(tiny_model(kind), target_modules=targets)
    inner = model.get_base_model()
    assert (read_lean(inner) - (own := said(inner))).abs().max() < 1e-4
    with model.disable_adapter():
        assert (read_lean(inner) - said(inner)).abs().max() < 1e-4
        assert (said(inner) - own).abs().max() > 0.01
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            weight.data *= 2  # a step of training
    assert (read_lean(inner) - said(inner)).abs().max() < 1e-4
    assert (said(inner) - own).abs().max() > 0.01


def test_two_adapters_at_once_and_one_of_them_are_taken_as_they_are() -> None:
    model = adapted(tiny_model("llama"))
    model.add_adapter("other", LoraConfig(r=3, lora_alpha=5, target_modules=["q_proj"], init_lora_weights=False))
    inner: Any = model.get_base_model()
    found = []
    for active in (["default"], ["other"], ["default", "other"]):
        model.base_model.set_adapter(active)
        found.append(said(inner))
        assert (read_lean(inner) - found[-1]).abs().max() < 1e-4
    assert (found[2] - found[0]).abs().max() > 0.01


def test_an_adapter_put_on_or_merged_later_is_not_missed() -> None:
    plain = tiny_model("llama")
    read_lean(plain)
    model = adapted(plain)
    assert (read_lean(model.get_base_model()) - said(model.get_base_model())).abs().max() < 1e-4
    merged = model.merge_and_unload()
    assert (read_lean(merged) - said(merged)).abs().max() < 1e-4


def test_an_answer_is_the_same_by_packed_layers_under_an_adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    model = adapted(tiny_model("llama"))
    asked: dict[str, Any] = {"samples": 3, "decoding": Decoding(max_new_tokens=12), "ends": frozenset({2}), "seed": 1}
    prompts, names = [[3, 7, 9], [3, 7, 9, 11, 20], [4]], [str(n) for n in range(9)]
    ours = answer_ids(model, prompts, names, rows=6, **asked)
    monkeypatch.setattr("trimtab.models.batching.lean_of", lambda _: None)
    assert ours == answer_ids(model, prompts, names, rows=6, **asked)


def test_how_far_an_adapter_is_trained_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that was killed meets a model with another adapter than the run that was not: both are tried without."""
    model = adapted(tiny_model("llama"))
    inner: Any = model.get_base_model()

    def off(model: Any) -> set[bool]:
        return {part._disable_adapters for part in model.modules() if hasattr(part, "_disable_adapters")}

    seen: list[set[bool]] = []
    real = lean._said
    monkeypatch.setattr(lean, "_said", lambda model, ids: (seen.append(off(model)), real(model, ids))[1])
    with torch.no_grad():
        assert lean_of(inner) is not None
    assert seen == [{True}, {True}]
    assert off(inner) == {False}


def _whole(model: Any) -> Any:
    return adapted(model, use_dora=True).get_base_model()


def _dropping(model: Any) -> Any:
    return adapted(model, lora_dropout=0.5).train().get_base_model()


def _heard(model: Any) -> Any:
    model.model.layers[0].mlp.register_forward_hook(lambda *_: None)
    return model


def _changed(model: Any) -> Any:
    model.model.layers[0].forward = model.model.layers[0].forward
    return model


def _other(model: Any) -> Any:
    model.model.layers[0].mlp.act_fn = torch.nn.GELU()
    return model


@pytest.mark.parametrize("made", [_whole, _dropping, _heard, _changed, _other])
def test_a_layer_that_is_not_the_plain_one_is_left_alone(made: Any) -> None:
    with torch.no_grad():
        assert lean_of(tiny_model("llama")) is not None
        assert lean_of(made(tiny_model("llama"))) is None


@pytest.mark.parametrize("kind", ["gpt2", "qwen3", "gemma2", "smollm3", "granite"])
def test_other_architectures_keep_their_layers(kind: str) -> None:
    with torch.no_grad():
        assert lean_of(tiny_model(kind)) is None


def test_nothing_is_learned_through_them_nor_cast_nor_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    model: Any = tiny_model("llama")
    assert lean_of(model) is None  # gradients are on
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        assert lean_of(model) is None
    monkeypatch.setattr(lean, "MOST_BYTES", 10)
    with torch.no_grad():
        assert lean_of(model) is None


def test_what_the_probe_finds_apart_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    real = lean_layer._rotated
    monkeypatch.setattr(lean_layer, "_rotated", lambda states, cos, sin: real(states, sin, cos))
    with torch.no_grad():
        assert lean_of(tiny_model("llama")) is None


@pytest.mark.parametrize("kind", ["llama", "mistral", "qwen2"])
def test_sampler_and_scorer_say_the_same_by_both(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    prompts = [[7, 8, 9, 10, 11], [7, 8, 20], [7, 30, 31, 32]]
    drawn = Decoding(12, temperature=1.0, top_p=0.9)
    found = []
    calls: list[int] = []
    real = lean_layer.Layer.__call__
    monkeypatch.setattr(lean_layer.Layer, "__call__", lambda *a, **k: (calls.append(1), real(*a, **k))[1])
    for most in (lean.MOST_BYTES, 0):
        monkeypatch.setattr(lean, "MOST_BYTES", most)
        model: Any = tiny_model(kind)
        calls.clear()
        made = answer_ids(model, prompts, list("abcdef"), samples=2, decoding=drawn, ends=frozenset({0}), seed=1)
        scored = Scorer(model)(prompts, [[[5, 6], [9]], [[4]], [[12, 13, 14]]])
        assert bool(calls) == bool(most)
        assert described_layers(model) == {
            "layers": "packed 2 for decoding, forests" if most else "packed 2 for forests"
        }
        found.append((made, scored))
    assert found[0][0] == found[1][0]
    flat = [[value for some in scored for each in some for value in each] for _, scored in found]
    assert flat[0] == pytest.approx(flat[1], abs=1e-4)


def test_the_scorer_reads_packed_weights_that_nothing_froze(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model as it is loaded, whose weights all want a gradient, read without any."""
    packed: list[int] = []
    real = Frozen.forth
    monkeypatch.setattr(Frozen, "forth", lambda *given: (packed.append(1), real(*given))[1])
    for kind in ("llama", "qwen2", "mistral"):
        model: Any = tiny_model(kind)
        assert all(weight.requires_grad for weight in model.parameters())
        scorer = Scorer(model)
        assert how(model) == "its layers in few operations"
        packed.clear()
        prompts = [[*range(6, 46), *rest] for rest in ([8, 9], [20], [31, 32])]  # of which the scorer holds 40
        answers = [[[5, 6], [9]], [[4]], [[12, 13]]]
        found = scorer(prompts, answers)
        assert len(packed) == 2 * 4 + 1  # each product of two layers, and the output layer's, in one pack
        for some, plain in zip(found, scorer.one_by_one(prompts, answers), strict=True):
            for one, other in zip(some, plain, strict=True):
                assert one == pytest.approx(other, abs=1e-4)


def test_layers_that_read_otherwise_are_left_by_the_scorer(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Frozen.forth
    monkeypatch.setattr(
        Frozen, "forth", lambda self, x: real(self, x) * (1.0 if torch.is_grad_enabled() or self.size < 30 else 1.5)
    )
    model: Any = tiny_model("llama")
    scorer = Scorer(model)
    assert scorer.shares
    assert "read otherwise" in how(model)
    ((found,),) = scorer([[7, 8, 9]], [[[5, 6]]])
    assert found == pytest.approx(scorer.one_by_one([[7, 8, 9]], [[[5, 6]]])[0][0], abs=1e-4)
