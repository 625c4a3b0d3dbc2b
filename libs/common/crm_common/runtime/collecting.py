"""What is told of a process that has started: what is there now stays, garbage may wait, the rest is given back."""

from __future__ import annotations

import ctypes
import gc
import sys

# As set out, requests of some hundred objects each have it run twice per request; it took a tenth of their time.
_OBJECTS = 20_000
_GENERATIONS = 20


def spare_what_stays() -> None:
    """Call it once everything is loaded: modules, schema and statements are not walked through again and again.

    What loading them took beyond that goes back to the system, 10 to 20 MB, where the C library has a way to do so.
    """
    gc.collect()
    gc.freeze()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
    gc.set_threshold(_OBJECTS, _GENERATIONS, _GENERATIONS)
