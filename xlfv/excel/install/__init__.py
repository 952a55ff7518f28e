"""The add-in on a machine: put there, taken away, examined.

Everything these jobs know of a machine stands in one record, :class:`~xlfv.excel.install.machine.Machine`, so that a
test can build a machine in any state. Nothing here needs administrator rights, a running Excel, or trust in the VBA
object model.
"""
