"""The output layer in slices says what the layer says, in both precisions, and leaves it as it was."""

import pytest
import torch

from tiny import tiny_model
from trimtab.models.output_layer import SlicedOutput
from trimtab.sharing import head as head_module


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_it_says_what_the_layer_says(dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head_module, "SLICE", 8)
    model = tiny_model().to(dtype)
    layer = model.get_output_embeddings()
    hidden = torch.randn(5, 1, layer.in_features, generator=torch.Generator().manual_seed(1)).to(dtype)
    output = SlicedOutput(model)
    with torch.inference_mode():
        plain = layer(hidden)
        with output.in_use():
            assert "forward" in vars(layer)
            many = layer(hidden).clone()
            few = layer(hidden[:2]).clone()  # in the same buffer
    assert many.dtype == dtype
    torch.testing.assert_close(many, plain, rtol=2**-7 if dtype == torch.bfloat16 else 1e-5, atol=1e-5)
    torch.testing.assert_close(few, plain[:2], rtol=2**-7 if dtype == torch.bfloat16 else 1e-5, atol=1e-5)
    assert "forward" not in vars(layer)
