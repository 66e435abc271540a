"""Names of a package that are imported when they are first asked for (PEP 562), so that importing it stays fast."""

import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from importlib import import_module
from inspect import Signature, signature
from types import ModuleType
from typing import Any


def attach(package: str, modules: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """The `__getattr__` of a package: each name from the module of it that defines it; those under "" are modules."""
    home = {name: module for module, names in modules.items() for name in names}

    def __getattr__(name: str) -> Any:  # noqa: N807
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        if not home[name]:
            return import_module(f"{package}.{name}")
        return getattr(import_module(f"{package}.{home[name]}"), name)

    return __getattr__


def make_rooms_callable(package: str, names: Collection[str], api: str) -> None:
    """Lets rooms of a package be called: `package.audit(…)` is then `package.api.audit(…)`.

    Importing a room sets its name in the package, and so would hide a function of that name. Here the room itself is
    what the name means, before and after, however it was imported: a module that can be called.
    """

    class Room(ModuleType):
        """A room whose name is also a verb."""

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            return self._verb(*args, **kwargs)

        @property
        def _verb(self) -> Callable[..., Any]:
            verb: Callable[..., Any] = getattr(import_module(api), self.__name__.rpartition(".")[2])
            return verb

        @property
        def __signature__(self) -> Signature:
            return signature(self._verb)

    class Package(ModuleType):
        """A package that makes its rooms callable as they are bound to it."""

        def __setattr__(self, name: str, value: Any) -> None:
            if name in names and isinstance(value, ModuleType):
                value.__class__ = Room
            super().__setattr__(name, value)

    sys.modules[package].__class__ = Package


def named(place: str) -> Any:
    """What `place` ("package.module:name") names; its module is imported now."""
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)
