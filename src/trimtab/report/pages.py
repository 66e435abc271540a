"""How templates of this room become pages: what they are given is escaped, and what they lack is an error."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment, Template
    from markupsafe import Markup

_HERE = Path(__file__).parent


def page_environment() -> "Environment":
    """A new environment over the templates beside this file."""
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def page_template(name: str) -> "Template":
    """A page that needs no more than the environment, compiled once."""
    return page_environment().get_template(f"{name}.html.j2")


def page_style(*more: str) -> "Markup":
    """What pages look like, and what one of them adds to it."""
    from markupsafe import Markup

    return Markup("".join((_HERE / f"{name}.css").read_text(encoding="utf-8") for name in ("report", *more)))
