"""What may happen: the nine lifecycles. Pure Python; one file is one lifecycle is one screen."""

from workflows import (
    attendance,
    extension,
    finding,
    follow_up,
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
    )
}
