"""Quick layers give the hidden states and gradients of the model's own, whatever of it is adapted, and see changes."""

from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model

from tiny import tiny_model
from trimtab.sharing import Trees, forest_attention, hidden_states, lay_out, leave, quick, quicken, unwrapped
from trimtab.sharing import blocks as blocks_module
from trimtab.sharing import layers as layers_module

PROMPT = [7, 8, 9, 10, 11]
FOREST = lay_out(
    [[*PROMPT, *rest] for rest in ([3, 4, 5], [3, 4, 6, 7, 8, 9, 2], [12], [13, 14, 15, 16, 17, 18, 19, 20, 21])],
    [5] * 4,
)
FORMS = ["llama", "mistral", "qwen2", "qwen3"]


def adapted(architecture: str, **changes: Any) -> Any:
    """A tiny model with an adapter that is not zero."""
    settings = {"r": 4, "lora_alpha": 12, "target_modules": "all-linear", "init_lora_weights": False, **changes}
    torch.manual_seed(1)
    model = get_peft_model(tiny_model(architecture), LoraConfig(task_type="CAUSAL_LM", **settings))
    for name, bias in unwrapped(model).named_parameters():
        if name.endswith("bias"):
            bias.data.normal_()
    return model


def passed(
    model: Any, precision: str = "fp32", rows: list[int] | None = None
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """A forest's hidden states, and the gradients of a sum of them."""
    inner = unwrapped(model)
    wanted = None if rows is None else torch.tensor(rows)
    with forest_attention(inner), torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
        found = hidden_states(inner, Trees(FOREST, inner.device), rows=wanted)
        if found.requires_grad:
            torch.manual_seed(0)
            (found.float() * torch.randn(found.shape)).sum().backward()
    gradients = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    model.zero_grad()
    return found.detach().float(), gradients


def both(model: Any, **how: Any) -> tuple[Any, Any]:
    """By the model's own layers, then by quick ones."""
    leave(unwrapped(model))
    own = passed(model, **how)
    assert quicken(unwrapped(model)) is None
    return own, passed(model, **how)


def apart(own: Any, fast: Any) -> tuple[float, float]:
    """Largest difference of states, and of gradients relative to their norm."""
    assert own[1].keys() == fast[1].keys()
    norm = torch.stack([g.float().norm() for g in own[1].values()]).norm() if own[1] else torch.tensor(1.0)
    off = [(fast[1][name].float() - g.float()).norm() for name, g in own[1].items()]
    return float((own[0] - fast[0]).abs().max()), float(torch.stack(off).norm() / norm) if off else 0.0


@pytest.mark.parametrize("architecture", FORMS)
@pytest.mark.parametrize("rows", [None, [0, 3, 7]])
def test_states_and_gradients_are_those_of_the_models_own_layers(architecture: str, rows: list[int] | None) -> None:
    states, gradients = apart(*both(adapted(architecture), rows=rows))
    assert states < 1e-4
    assert gradients < 1e-5


@pytest.mark.parametrize(
    "changes",
    [
        {"target_modules": ["q_proj", "v_proj"]},
        {"target_modules": ["down_proj"]},
        {"target_modules": r".*layers\.1\.mlp\..*_proj"},
        {"target_modules": "all-linear", "lora_dropout": 0.5},
        {"target_modules": "all-linear", "rank_pattern": {"k_proj": 2}, "alpha_pattern": {"v_proj": 3}},
        {"target_modules": "all-linear", "use_dora": True},
        {"target_modules": "all-linear", "lora_bias": True},
    ],
    ids=str,
)
def test_any_adapter_is_computed_or_called_as_it_is(changes: dict[str, Any]) -> None:
    states, gradients = apart(*both(adapted("qwen2", **changes).eval()))
    assert states < 1e-4
    assert gradients < 1e-5
    if "lora_dropout" in changes:
        model = adapted("qwen2", **changes).train()
        torch.manual_seed(3)
        quicken(unwrapped(model))
        with_dropout, _ = passed(model)
        assert not torch.allclose(with_dropout, passed(model.eval())[0], atol=1e-2)


def test_a_whole_model_trains_through_quick_layers_too() -> None:
    states, gradients = apart(*both(tiny_model("qwen2")))
    assert states < 1e-4
    assert gradients < 1e-5


def test_in_bf16_they_are_no_farther_from_fp32_than_the_models_own() -> None:
    exact = passed(adapted("llama"))
    own, fast = both(adapted("llama"), precision="bf16")
    assert apart(exact, fast)[1] < 1.2 * apart(exact, own)[1]
    assert float((exact[0] - fast[0]).norm()) < 1.2 * float((exact[0] - own[0]).norm())


def test_an_adapter_switched_off_merged_or_joined_by_another_is_seen() -> None:
    model = adapted("llama")
    with model.disable_adapter():
        assert apart(*both(model))[0] < 1e-4
    model.merge_adapter()
    assert apart(*both(model))[0] < 1e-4
    model.unmerge_adapter()
    model.add_adapter("other", LoraConfig(r=2, target_modules=["q_proj", "up_proj"], init_lora_weights=False))
    model.base_model.set_adapter(["default", "other"])
    states, gradients = apart(*both(model))
    assert states < 1e-4
    assert gradients < 1e-5


def test_a_frozen_weight_that_changes_by_whatever_way_is_read_anew() -> None:
    model = adapted("llama")
    both(model)  # copies are made
    layer = unwrapped(model).model.layers[0]
    for change in (
        lambda w: w.data.mul_(1.5),
        lambda w: setattr(w, "data", w.data * 0.5),
        lambda w: w.data.add_(0.1),
    ):
        change(layer.self_attn.k_proj.base_layer.weight)
        quickly = passed(model)
        leave(unwrapped(model))
        assert apart(passed(model), quickly)[0] < 1e-4
        quicken(unwrapped(model))


@pytest.mark.parametrize("architecture", ["olmo2", "gemma2", "phi3", "gpt2", "granite"])
def test_another_form_is_left_as_it_is(architecture: str) -> None:
    model = tiny_model(architecture)
    assert quicken(model)
    assert quick(model) is None


def test_a_layer_that_somebody_watches_is_left_as_it_is() -> None:
    model = tiny_model("llama")
    hook = model.model.layers[1].mlp.register_forward_hook(lambda *_: None)
    assert "LlamaMLP" in str(quicken(model))
    hook.remove()
    assert quicken(model) is None
    model.gradient_checkpointing_enable()
    model.train()
    assert quick(model) is None


def test_layers_below_the_adapter_are_computed_once_for_policy_and_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    model = adapted("llama", target_modules=r".*layers\.1\..*_proj")
    own = passed(model)
    quicken(unwrapped(model))
    computed: list[int] = []
    real = layers_module.attend_grouped
    monkeypatch.setattr(layers_module, "attend_grouped", lambda *args: computed.append(1) or real(*args))
    policy = passed(model)
    with model.disable_adapter():
        reference = passed(model)
    assert sum(computed) == 3  # the lower layer once, the upper twice
    assert max(apart(own, policy)) < 1e-4
    unwrapped(model).model.layers[0].mlp.up_proj.weight.data.mul_(1.5)
    moved = passed(model)
    assert sum(computed) == 5
    leave(unwrapped(model))
    assert max(apart(passed(model), moved)) < 1e-4
    unwrapped(model).model.layers[0].mlp.up_proj.weight.data.div_(1.5)
    with model.disable_adapter():
        assert apart(passed(model), reference)[0] < 1e-4


@pytest.mark.parametrize("most", [1, 3, 6])
@pytest.mark.parametrize("architecture", ["llama", "mistral"])
def test_a_forest_in_blocks_of_any_size_gives_the_same(
    architecture: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks_module, "BLOCK_TOKENS", most)
    states, gradients = apart(*both(adapted(architecture)))
    assert states < 1e-4
    assert gradients < 1e-5


def test_long_prompts_keep_no_probabilities(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks_module, "MEAN_KEYS", 3)
    monkeypatch.setattr(layers_module, "attend_grouped", None)
    states, gradients = apart(*both(adapted("mistral")))
    assert states < 1e-4
    assert gradients < 1e-5


def test_a_model_too_large_to_be_packed_is_multiplied_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers_module, "PACKED_BYTES", 0)
    monkeypatch.setattr("trimtab.sharing.packed.packed", None)
    states, gradients = apart(*both(adapted("qwen2")))
    assert states < 1e-4
    assert gradients < 1e-5
