"""The pipeline that a new company begins with (features §3.3); companies divide it as they like."""

from __future__ import annotations

from uuid import UUID

DEFAULT_PIPELINE = UUID("7a1c9d52-5f0e-5c6a-8b5e-2d1a4a0c9101")
_ON = ("DISCOVERED", "EVALUATED", "FOLLOWING", "NEGOTIATING")
# key, Chinese, English, per cent, where to, what it takes to enter
STAGES = (
    (_ON[0], "发现", "Discovered", 10, (_ON[1],), ("SOURCE",)),
    (_ON[1], "评估", "Evaluated", 30, (_ON[2],), ("EVALUATION",)),
    (_ON[2], "跟进", "Following", 50, (_ON[3], _ON[1]), ("NEXT_STEP",)),
    (_ON[3], "谈判", "Negotiating", 80, (_ON[2],), ("LINES",)),
)
