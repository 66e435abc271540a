"""What other installed packages add to trimtab, found by their entry points.

An entry point names a module, or an object in one. Importing it is all that happens: the decorators there
(`@trimtab.scorer`, `@trimtab.audit_check`, `@trimtab.benchmark`) do the registering.
"""

from importlib.metadata import EntryPoint, entry_points

from .errors import UserError

SCORERS = "trimtab.scorers"
AUDIT_CHECKS = "trimtab.audit_checks"
BENCHMARKS = "trimtab.benchmarks"

_loaded: set[EntryPoint] = set()


def load(group: str) -> None:
    """Imports each entry point of `group` that was not imported yet.

    Raises:
        UserError: one cannot be imported; it names the package and the entry point.
    """
    for each in sorted(entry_points(group=group), key=lambda found: (found.name, found.value)):
        if each in _loaded:
            continue
        _loaded.add(each)  # before its import, which may ask for what it registers
        try:
            each.load()
        except Exception as error:
            _loaded.discard(each)
            package = each.dist.name if each.dist is not None else "an installed package"
            why = f"{error.given} {error.why}" if isinstance(error, UserError) else f"{type(error).__name__}: {error}"
            raise UserError(
                f"The package {package} extends trimtab by the entry point {each.name} = {each.value} of {group}.",
                f"It cannot be imported. {why}",
                f"Mend, update or uninstall {package}.",
            ) from error
