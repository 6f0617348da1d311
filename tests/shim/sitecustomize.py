"""Python reads this at the start of every process that has this folder in PYTHONPATH."""

import os
import time
from pathlib import Path

if "RANDAL_TEST_AHEAD" in os.environ:  # the clock of this machine is wrong by so many seconds
    _real, _ahead = time.time, float(os.environ["RANDAL_TEST_AHEAD"])
    time.time = lambda: _real() + _ahead

if "RANDAL_TEST_DISK" in os.environ:
    from forgetful import Notes, watch

    watch(Notes(Path(os.environ["RANDAL_TEST_DISK"]), Path(os.environ["RANDAL_TEST_NOTES"])))
