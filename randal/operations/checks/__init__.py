"""What `randal check` looks at, one line each: nothing is called well that was not tried a moment ago.

Each check answers how it is, or raises Trouble with what is wrong and what to do. A trouble needs a person.
"""

from randal.operations.checks.findings import Checks, Finding, Trouble, look
from randal.operations.checks.parts import CHECKS, SERVE, WORK
from randal.operations.checks.whole import as_json, whole, work

__all__ = ["CHECKS", "SERVE", "WORK", "Checks", "Finding", "Trouble", "as_json", "look", "whole", "work"]
