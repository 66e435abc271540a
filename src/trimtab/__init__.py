"""trimtab turns an alignment goal into an aligned language model and the evidence that it is one.

Importing the package is light: the rooms that need torch import it where they use it. Start from the command
line (`trimtab --help`) or from the rooms themselves, for example `from trimtab.stats import paired_difference`.
"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("trimtab")
except PackageNotFoundError:  # a source tree on the path that was never installed
    __version__ = "0+unknown"

__all__ = ["__version__"]
