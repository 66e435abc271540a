"""What a plain pass rounds by itself is told by the same pass in float32, through a model that stays in bf16."""

from collections.abc import Sequence

import pytest
import torch
from transformers import PreTrainedModel

from tiny import tiny_model
from trimtab.train.preflight import read_plainly
from trimtab.train.rounding import Answered, in_float32, rounds

ROWS: Sequence[tuple[Sequence[int], Sequence[bool]]] = [
    ([7, 8, 9, 10, 11, 12], [False] * 3 + [True] * 3),
    ([9, 14, 13, 8], [False, True, True, True]),
]


@pytest.fixture(params=["llama", "gpt2"])
def model(request: pytest.FixtureRequest) -> PreTrainedModel:
    return tiny_model(request.param).eval()


def test_in_float32_a_bf16_model_reads_as_its_float32_copy_and_is_left_as_it_was(model: PreTrainedModel) -> None:
    narrow = model.to(torch.bfloat16)
    before = {name: weight.clone() for name, weight in narrow.named_parameters()}
    ids = torch.tensor([[7, 8, 9, 10]])
    with torch.no_grad(), in_float32(narrow):
        wide = narrow(input_ids=ids).logits
    assert wide.dtype == torch.float32
    for name, weight in narrow.named_parameters():
        assert weight.dtype == torch.bfloat16
        assert torch.equal(weight, before[name])
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in narrow.modules())
    with torch.no_grad():
        assert narrow(input_ids=ids).logits.dtype == torch.bfloat16
        torch.testing.assert_close(wide, narrow.float()(input_ids=ids).logits)


def test_what_fails_within_leaves_the_weights_as_they_were(model: PreTrainedModel) -> None:
    narrow = model.to(torch.bfloat16)
    with pytest.raises(IndexError), in_float32(narrow):
        narrow(input_ids=torch.tensor([[10**6]]))
    assert {weight.dtype for weight in narrow.parameters()} == {torch.bfloat16}


def test_rounding_is_known_in_bf16_and_nothing_in_fp32(model: PreTrainedModel) -> None:
    assert read_plainly(model, ROWS).rounding == 0
    read = read_plainly(model.to(torch.bfloat16), ROWS)
    assert [len(logps) for logps in read.logps] == [3, 3]
    assert 0 < read.rounding < 0.05


def test_rounding_is_of_an_answer_of_32_tokens() -> None:
    short, long = torch.full((8,), -1.0), torch.full((128,), -1.0)
    read = Answered([short, long], [short - 0.02, long - 0.02])
    assert read.rounding == pytest.approx((((0.02 / 2) ** 2 + 0.02**2) / 2) ** 0.5, rel=1e-5)
    assert rounds(torch.tensor([0.16]), torch.tensor([8]), 0.01, "bf16", rounding=0.005).passed  # 0.02 a token
    assert not rounds(torch.tensor([0.17]), torch.tensor([8]), 0.01, "bf16", rounding=0.005).passed
