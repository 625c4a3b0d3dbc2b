"""``python -m new_service NAME``: writes the files, enters the service where the house lists its services."""

from __future__ import annotations

import sys
from pathlib import Path

from new_service.names import Names, NotAName
from new_service.writing import AlreadyThere, enter, tidy, write

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    """The exit code: 2 for a name that cannot be one, or that is taken."""
    if len(arguments) != 1:
        print("usage: make new-service NAME=warehouse", file=sys.stderr)
        return 2
    try:
        names = Names.of(arguments[0])
        written = write(ROOT, names)
    except (NotAName, AlreadyThere) as refusal:
        print(refusal, file=sys.stderr)
        return 2
    changed = enter(ROOT, names)
    tidy(*written, *changed)
    for path in (*written, *changed):
        print(path.relative_to(ROOT))
    print(
        f"\nNext: make install, make schema, make test SERVICE={names.folder}; read services/{names.folder}/README.md"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
