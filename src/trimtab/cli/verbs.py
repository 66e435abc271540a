"""Verbs that are imported when they are called: their names and first lines stand here, so that help costs nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from ..errors import UserError


@dataclass(frozen=True)
class Verb:
    """A verb's module, which holds its HELP; `name` is its function or its `app` of verbs; `line` says what it does."""

    module: str
    name: str
    line: str

    def command(self, called: str) -> Any:
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

        def list_commands(self, ctx: Any) -> list[str]:
            return list(verbs)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            return verbs[cmd_name].command(cmd_name) if cmd_name in verbs else None

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            if args and args[0] not in verbs and not args[0].startswith("-"):
                near = get_close_matches(args[0], verbs, 1)
                fix = f"Did you mean `trimtab {near[0]}`?" if near else f"The commands are {', '.join(verbs)}."
                raise UserError(f"`trimtab {args[0]}` was asked for.", "There is no such command.", fix)
            return super().resolve_command(ctx, args)

        def format_commands(self, ctx: Any, formatter: Any) -> None:
            with formatter.section("Commands"):
                formatter.write_dl([(name, verb.line) for name, verb in verbs.items()])

    return Verbs
