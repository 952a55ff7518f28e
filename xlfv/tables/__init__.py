"""Tables as they come in, the columns they must have, and every fault found in them."""

from xlfv.tables.faults import Fault, Refused, refuse_if
from xlfv.tables.table import ErrorCell, Place, Table, from_grid, plain

__all__ = ["ErrorCell", "Fault", "Place", "Refused", "Table", "from_grid", "plain", "refuse_if"]
