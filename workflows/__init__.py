"""What may happen: the nine lifecycles of the chain, and two of who may do what. Pure Python.

One file is one lifecycle is one screen.
"""

from collections.abc import Mapping

from workflows import (
    attendance,
    extension,
    finding,
    follow_up,
    grant,
    identity,
    kendala,
    meeting,
    meeting_states,
    minutes,
    progress_report,
    signature,
)
from workflows.lifecycle import Lifecycle

MODULES = (
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
LIFECYCLES: dict[str, Lifecycle] = {module.LIFECYCLE.name: module.LIFECYCLE for module in MODULES}
#: name of a lifecycle → where its states and the named sets of them stand, for pages: `sets.meeting.LIVE`
SETS: Mapping[str, object] = {module.LIFECYCLE.name: module for module in MODULES} | {
    "meeting": meeting_states
}
