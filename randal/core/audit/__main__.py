"""The auditor's command under the name that archives and scripts of before know."""

import sys

from randal.audit.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
