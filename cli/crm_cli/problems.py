"""What ends a command: one line for the person, an exit code for the script."""

from __future__ import annotations

REFUSED = 1
UNREACHABLE = 3


class Stopped(Exception):  # noqa: N818 - read as a sentence
    """The command cannot go on; the text is the line a person reads."""

    def __init__(self, line: str, code: int = REFUSED) -> None:
        super().__init__(line)
        self.code = code
