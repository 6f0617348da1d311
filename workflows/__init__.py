"""What may happen: the nine lifecycles of the chain, and two of who may do what. Pure Python.

One file is one lifecycle is one screen.
"""

from workflows import (
    attendance,
    extension,
    finding,
    follow_up,
    grant,
    identity,
    kendala,
    meeting,
    minutes,
    progress_report,
    signature,
)
from workflows.lifecycle import Lifecycle

LIFECYCLES: dict[str, Lifecycle] = {
    module.LIFECYCLE.name: module.LIFECYCLE
    for module in (
        meeting,
        attendance,
        progress_report,
        finding,
        kendala,
        follow_up,
        extension,
        minutes,
        signature,
        grant,
        identity,
    )
}
