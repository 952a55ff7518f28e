"""Every rule that a deal can have, each in the smallest deal that has it: data of which the reference page and tests are made."""

from xlfv.excel.rule_examples.interest import INTEREST
from xlfv.excel.rule_examples.losses import LOSSES
from xlfv.excel.rule_examples.parts import AS_OF, RuleExample, Shown
from xlfv.excel.rule_examples.principal import PRINCIPAL

RULES: tuple[RuleExample, ...] = (*INTEREST, *PRINCIPAL, *LOSSES)

__all__ = ["AS_OF", "RULES", "RuleExample", "Shown"]
