"""Two LoRA adapters trained one after the other as one adapter of the model that the first started from.

The second was trained with the first merged in: its base is W + s1 B1 A1 and its result W + s1 B1 A1 + s2 B2 A2. With
A1 and A2 stacked to one A, and s1 B1 beside s2 B2 as one B, B A is that sum exactly, at rank r1 + r2.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from ..store import write_atomic

WEIGHTS = "adapter_model.safetensors"
CONFIG = "adapter_config.json"


def combine_adapters(first: Path, second: Path, out: Path) -> None:
    """Writes to `out` the adapter that does what `first` and then `second` do; all else is copied from `second`.

    Raises ValueError where the two adapters are not of the same layers, or are no plain LoRA.
    """
    scales = [_scale(folder) for folder in (first, second)]
    one, other = load_file(first / WEIGHTS), load_file(second / WEIGHTS)
    if one.keys() != other.keys():
        raise ValueError(f"the adapters in {first} and {second} are not of the same layers")
    made: dict[str, torch.Tensor] = {}
    for name in sorted(one):
        if ".lora_A." in name:
            made[name] = torch.cat([one[name], other[name]], dim=0)
        elif ".lora_B." in name:
            made[name] = torch.cat([scales[0] * one[name], scales[1] * other[name]], dim=1)
        else:
            raise ValueError(f"{name} is no matrix of a plain LoRA adapter")
    config = _config(second)
    config["r"] = config["lora_alpha"] = _config(first)["r"] + config["r"]  # so that the scale, alpha / r, is 1
    if out.exists():
        shutil.rmtree(out)
    shutil.copytree(second, out)
    save_file(made, out / WEIGHTS, metadata={"format": "pt"})
    write_atomic(out / CONFIG, json.dumps(config, indent=2, sort_keys=True))


def _scale(folder: Path) -> float:
    config = _config(folder)
    unusual = [
        name
        for name in ("use_rslora", "use_dora", "lora_bias", "rank_pattern", "alpha_pattern", "modules_to_save")
        if config.get(name)
    ]
    if unusual or config.get("bias", "none") != "none":
        raise ValueError(f"the adapter in {folder} is no plain LoRA: it sets {', '.join(unusual) or 'bias'}")
    return float(config["lora_alpha"]) / float(config["r"])


def _config(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    return found
