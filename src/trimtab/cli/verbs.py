"""Verbs that are imported when they are called: their names and first lines stand here, so that help costs nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click
import typer
from typer.core import TyperGroup


@dataclass(frozen=True)
class Verb:
    """A verb's module, which holds its HELP; `name` is its function or its `app` of verbs; `line` says what it does."""

    module: str
    name: str
    line: str

    def command(self, called: str) -> click.Command:
        """The command, imported now."""
        module = import_module(f".{self.module}", __package__)
        inner: Any = getattr(module, self.name)
        if not isinstance(inner, typer.Typer):
            alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
            alone.command(called, help=module.HELP)(inner)
            inner = alone
        else:
            inner.info.name, inner.info.help = called, module.HELP
        return typer.main.get_command(inner)


def group(verbs: Mapping[str, Verb]) -> type[TyperGroup]:
    """A group of these verbs, in their order."""

    class Verbs(TyperGroup):
        """Imports a verb where it is called, and none to list them."""

        def list_commands(self, ctx: click.Context) -> list[str]:
            return list(verbs)

        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
            return verbs[cmd_name].command(cmd_name) if cmd_name in verbs else None

        def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
            with formatter.section("Commands"):
                formatter.write_dl([(name, verb.line) for name, verb in verbs.items()])

    return Verbs
