"""What may become of something that is handed to the outside."""

from __future__ import annotations


class NotSentError(Exception):
    """It was certainly not taken. ``for_good``: and never will be."""

    def __init__(self, problem: str, *, for_good: bool = False) -> None:
        super().__init__(problem)
        self.problem = problem
        self.for_good = for_good


class UncertainError(Exception):
    """The connection was lost after it was handed over: nobody knows whether it was taken."""
