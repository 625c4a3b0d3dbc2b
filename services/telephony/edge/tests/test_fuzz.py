"""Noise never ends a parser nor fills its memory. CRM_EDGE_FUZZ=1000000 is CI's number."""

import os
import subprocess
import sys
from pathlib import Path

INPUTS = int(os.environ.get("CRM_EDGE_FUZZ", "40000"))
MOST_MEGABYTES = 60


def test_spoilt_input_never_ends_a_parser_and_memory_stays_small() -> None:
    program = [sys.executable, str(Path(__file__).with_name("fuzzing.py")), str(INPUTS), "20261124"]

    done = subprocess.run(program, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    inputs, signs, refused, megabytes = map(int, done.stdout.split())
    assert inputs == INPUTS
    assert signs > INPUTS  # most inputs still say something: the parsers were not asleep
    assert 0 < refused < INPUTS
    assert megabytes <= MOST_MEGABYTES
