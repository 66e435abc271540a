"""Policy packs: rules of regions on top of each other, as of a day; what is wrong with them, alone and together."""

from .checking import Looked, check_packs, look_through
from .compared import RuleDifference, differences
from .conflicts import Unexamined
from .find import SHIPPED, shipped_pack
from .lineage import Bound, Lineage, bound_on
from .resolve import Resolved, resolve

__all__ = [
    "SHIPPED",
    "Bound",
    "Lineage",
    "Looked",
    "Resolved",
    "RuleDifference",
    "Unexamined",
    "bound_on",
    "check_packs",
    "differences",
    "look_through",
    "resolve",
    "shipped_pack",
]
