"""An auditor's own examination of an exported history: no application, no database, no settings.

    python -m randal.audit riwayat.jsonl.gz --root akar.pem [--witness cap-lama.json]

needs this source and Python; with cryptography and asn1crypto it checks the timestamps as well (docs/riwayat.md).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from randal.audit.reading import File, checkpoints_in, roots_in
from randal.audit.verifying import verify


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m randal.audit", description="Periksa ekspor riwayat Randal."
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--root", type=Path, action="append", default=[], help="sertifikat akar (PEM)")
    parser.add_argument(
        "--witness", type=Path, action="append", default=[], help="cap atau ekspor lama yang disimpan di luar"
    )
    given = parser.parse_args()
    try:
        trusted = [one for path in given.root for one in roots_in(path)]
        known = [each for path in given.witness for each in checkpoints_in(path)]
        report = verify(File(given.file), roots=trusted, witnesses=known)
    except (OSError, ValueError) as error:
        print(f"Berkas tidak dapat dibaca: {error}", file=sys.stderr)
        return 1
    print("\n".join(report.lines()))
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main())
