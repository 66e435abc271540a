"""Policy packs: rules of regions on top of each other, as of a day; what is wrong with them, alone and together."""

from .checking import check_packs
from .compared import RuleDifference, differences
from .find import SHIPPED, shipped_pack
from .lineage import Bound, Lineage, bound_on
from .resolve import Resolved, resolve

__all__ = [
    "SHIPPED",
    "Bound",
    "Lineage",
    "Resolved",
    "RuleDifference",
    "bound_on",
    "check_packs",
    "differences",
    "resolve",
    "shipped_pack",
]
