"""What `gpu.py` proves and measures on: models, a tokenizer, pairs and questions, all made on the spot from seeds.

Nothing is downloaded or carried: weights are drawn on the card, and a word is a token, so that every length is exact.
"""

import functools
import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from common import DEVICE, timed

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from trimtab.records import Comparison, Message, Options, Prompt, Provenance, TruthfulItem
from trimtab.sharing import attention

SPECIAL = ["<|end|>", "<|pad|>", "<|user|>", "<|assistant|>", "<|system|>", "<unk>"]
TEMPLATE = (
    "{% for m in messages %}<|{{ m['role'] }}|> {{ m['content'] }} <|end|> {% endfor %}"
    "{% if add_generation_prompt %}<|assistant|> {% endif %}"
)
PAD = 1
PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16}


@dataclass(frozen=True)
class Scale:
    """How large everything is: on a card, or tiny, so that a CPU runs every part."""

    tiny: bool

    def pick(self, full: Any, tiny: Any) -> Any:
        """One of two sizes."""
        return tiny if self.tiny else full

    @property
    def ways(self) -> list[str]:
        """How a forest's attention can be computed here."""
        return ["flex", "blocks"] if DEVICE.type == "cuda" else ["blocks"]


def tokenizer(vocabulary: int) -> PreTrainedTokenizerFast:
    """A tokenizer whose words w6, w7, … are the tokens of those numbers."""
    words = {token: i for i, token in enumerate([*SPECIAL, *(f"w{i}" for i in range(len(SPECIAL), vocabulary))])}
    backend = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made = PreTrainedTokenizerFast(
        tokenizer_object=backend, eos_token="<|end|>", pad_token="<|pad|>", unk_token="<unk>",
        additional_special_tokens=SPECIAL[2:5],
    )  # fmt: skip
    made.chat_template = TEMPLATE
    return made


def shape(name: str, scale: Scale) -> dict[str, Any]:
    """A configuration's type and sizes."""
    small = {"num_hidden_layers": scale.pick(4, 2), "hidden_size": scale.pick(256, 64),
             "num_attention_heads": scale.pick(32, 4),
             "num_key_value_heads": scale.pick(8, 2), "head_dim": scale.pick(64, 16),
             "intermediate_size": scale.pick(512, 96),
             "vocab_size": scale.pick(4096, 300),
             "initializer_range": 0.08, "max_position_embeddings": 16384}  # fmt: skip
    window = {"sliding_window": scale.pick(96, 8)}
    match name:
        case "small llama":
            return {"model_type": "llama", **small}
        case "windows (Mistral's layers)":
            return {"model_type": "mistral", **small, **window}
        case "windows and soft caps (Gemma 2's layers)":
            caps = {"attn_logit_softcapping": 4.0, "final_logit_softcapping": 3.0, "query_pre_attn_scalar": 64}
            kinds = ["sliding_attention", "full_attention"] * (small["num_hidden_layers"] // 2)
            return {"model_type": "gemma2", **small, **window, **caps, "layer_types": kinds}
        case "135M" if not scale.tiny:
            return {"model_type": "llama", "num_hidden_layers": 30, "hidden_size": 576, "num_attention_heads": 9,
                    "num_key_value_heads": 3, "intermediate_size": 1536, "vocab_size": 49152,
                    "tie_word_embeddings": True, "max_position_embeddings": 16384}  # fmt: skip
        case "1.5B" if not scale.tiny:
            return {"model_type": "llama", "num_hidden_layers": 20, "hidden_size": 2048, "num_attention_heads": 32,
                    "num_key_value_heads": 8, "head_dim": 64, "intermediate_size": 8192, "vocab_size": 128256,
                    "tie_word_embeddings": True, "max_position_embeddings": 16384}  # fmt: skip
        case "135M" | "1.5B":
            return {"model_type": "llama", **small, "tie_word_embeddings": True}
        case _:
            raise ValueError(name)


def model(
    name: str, scale: Scale, precision: str = "fp32", *, reward: bool = False, seed: int = 0, **changes: Any
) -> Any:
    """A randomly initialised model on the device; equal seeds give equal weights in either precision."""
    sizes = {**shape(name, scale), **changes}
    config = AutoConfig.for_model(
        sizes.pop("model_type"), **sizes, bos_token_id=None, eos_token_id=0, pad_token_id=PAD,
        **({"num_labels": 1} if reward else {}),
    )  # fmt: skip
    torch.manual_seed(seed)
    kind = AutoModelForSequenceClassification if reward else AutoModelForCausalLM
    dtype = PRECISIONS[precision]
    # small ones are drawn in fp32 and rounded, so that fp32 is what bf16 is held against; large ones need not be
    drawn = torch.float32 if name.startswith(("small", "windows")) else dtype
    eager = {"attn_implementation": "eager"} if config.model_type == "gemma2" else {}  # SDPA knows no soft caps
    with torch.device(DEVICE):
        made: PreTrainedModel = kind.from_config(config, dtype=drawn, **eager)
    if reward:
        with torch.no_grad():
            made.score.weight.mul_(5.0)  # rewards that lie well apart
    return made.to(DEVICE, dtype).eval()


def upcast(made: Any) -> Any:
    """The same weights in fp32: what bf16 is held against."""
    return made.float()


def words(source: random.Random, count: int, vocabulary: int) -> str:
    """So many words, the early ones of the vocabulary more often."""
    room = vocabulary - len(SPECIAL)
    return " ".join(f"w{len(SPECIAL) + int(room * source.random() ** 3)}" for _ in range(max(1, count)))


def trees(
    count: int, answers: int, prompt: int, answer: int, vocabulary: int, *, seed: int = 0, spread: float = 0.35
) -> list[tuple[str, list[str]]]:
    """Prompts and answers, of about so many tokens: lengths are spread log-normally, as those of HH-RLHF are."""
    source = random.Random(seed)

    def some(mean: int) -> str:
        return words(source, round(mean * source.lognormvariate(-spread * spread / 2, spread)), vocabulary)

    return [(some(prompt), [some(answer) for _ in range(answers)]) for _ in range(count)]


def pairs(*args: Any, **kwargs: Any) -> list[dict[str, Any]]:
    """`trees` of two answers as rows in TRL's conversational form."""
    return [
        {
            "prompt": [{"role": "user", "content": asked}],
            "chosen": [{"role": "assistant", "content": said[0]}],
            "rejected": [{"role": "assistant", "content": said[1]}],
        }
        for asked, said in trees(args[0], 2, *args[1:], **kwargs)
    ]


def ids(tokens: Any, found: Sequence[tuple[str, list[str]]]) -> tuple[list[list[int]], list[list[list[int]]]]:
    """Token ids of prompts, and of their answers with the end of the turn."""
    prompts = [tokens(f"<|user|> {asked} <|end|> <|assistant|>")["input_ids"] for asked, _ in found]
    return prompts, [[tokens(f"{text} <|end|>")["input_ids"] for text in said] for _, said in found]


def comparisons(rows: Sequence[dict[str, Any]]) -> list[Comparison]:
    """The rows as records."""
    sides = ("prompt", "chosen", "rejected")
    why = Provenance(source="made", judge="made", why="")
    return [
        Comparison(id=f"c{i}", provenance=why, **{side: tuple(Message(**m) for m in row[side]) for side in sides})
        for i, row in enumerate(rows)
    ]


def prompts(count: int, length: int, vocabulary: int, seed: int = 0) -> list[Prompt]:
    """Prompts of one message."""
    return [
        Prompt(id=f"p{i}", messages=(Message(role="user", content=asked),))
        for i, (asked, _) in enumerate(trees(count, 1, length, 1, vocabulary, seed=seed))
    ]


def questions(count: int, vocabulary: int, seed: int = 0) -> list[TruthfulItem]:
    """Questions of TruthfulQA's shape: about twelve words, four to eight answers of about nine, one or two right."""
    source = random.Random(seed)
    found = []
    for i in range(count):
        texts = tuple(words(source, source.randint(4, 14), vocabulary) for _ in range(source.randint(4, 8)))
        right = Options(texts=texts, right=(True, True, *(False for _ in texts[2:])))
        best = Options(texts=texts, right=(True, *(False for _ in texts[1:])))
        asked = words(source, source.randint(8, 16), vocabulary) + "?"
        found.append(TruthfulItem(id=f"q{i}", question=asked, mc1=best, mc2=right))
    return found


@contextmanager
def by(way: str) -> Iterator[None]:
    """Inside it a forest's attention is computed in one of `Scale.ways`."""
    before = attention.FLEX
    attention.FLEX = way == "flex"
    try:
        yield
    finally:
        attention.FLEX = before


@contextmanager
def tf32(on: bool) -> Iterator[None]:
    """Whether fp32 matrix products may round their factors to TF32."""
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high" if on else "highest")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)


def wait() -> None:
    """Until the card has done what it was given."""
    if DEVICE.type == "cuda":
        torch.cuda.synchronize()


def held() -> int:
    """Bytes that tensors hold at the most since `forget_peak`; 0 where there is no card to ask."""
    return torch.cuda.max_memory_allocated() if DEVICE.type == "cuda" else 0


def forget_peak() -> None:
    """Peak memory counts from here."""
    if DEVICE.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


@dataclass(frozen=True)
class Taken:
    """Of one way to do some work: median seconds, those of the first time, and peak memory beyond what was loaded."""

    seconds: float
    first: float
    peak: float


def taken(ways: dict[str, Callable[[], Any]], times: int) -> dict[str, Taken]:
    """Each way's cost: the median of several times, taking turns, after two that warm up. Memory is in GiB."""
    peaks, first = {}, {}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for name, work in ways.items():
        first[name], _ = timed(work)
        forget_peak()
        before = torch.cuda.memory_allocated() if DEVICE.type == "cuda" else 0
        timed(work)
        peaks[name] = (held() - before) / 2**30
    for _ in range(times):
        for name, work in ways.items():
            seconds[name].append(timed(work)[0])
    return {name: Taken(statistics.median(some), first[name], peaks[name]) for name, some in seconds.items()}


@functools.cache
def cached_tokenizer(vocabulary: int) -> PreTrainedTokenizerFast:
    """`tokenizer`, made once; making one of 128,256 words takes a second."""
    return tokenizer(vocabulary)
