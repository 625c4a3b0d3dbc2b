"""Puts a simulated device on a pseudo-terminal and lets it be told from the standard input what happens."""

from __future__ import annotations

import os
import re
import select
import sys
import tty
from datetime import datetime

from crm_edge.simulate.devices import CallerIdBox, VcidModem

DEVICES: dict[str, type[CallerIdBox | VcidModem]] = {"callerid": CallerIdBox, "vcid": VcidModem}
HEXADECIMAL = re.compile("([0-9a-fA-F]{2})+")
HELP = "ring <number|P|O> [name] · stop · noise <hex> · quit"


def simulate(kind: str) -> None:
    """Says the port's name first, then obeys the standard input line by line until `quit` or its end."""
    device = DEVICES[kind]()
    near, far = os.openpty()
    tty.setraw(far)  # kept open here, so that whoever uses the port may come and go
    print(f"{os.ttyname(far)}  {HELP}", flush=True)
    told = b""
    while True:
        ready, _, _ = select.select([near, sys.stdin.fileno()], [], [])
        if near in ready:
            os.write(near, device.heard(os.read(near, 4096)))
        if sys.stdin.fileno() in ready:
            more = os.read(sys.stdin.fileno(), 4096)
            *lines, told = (told + more).split(b"\n")
            for line in lines:
                if line.strip() == b"quit":
                    return
                os.write(near, happening(device, line.decode(errors="replace").split()))
            if not more:
                return


def happening(device: CallerIdBox | VcidModem, words: list[str]) -> bytes:
    match words:
        case ["ring", number, *name]:
            return device.ring(number, " ".join(name), datetime.now().astimezone())
        case ["stop"]:
            return device.stop()
        case ["noise", octets] if HEXADECIMAL.fullmatch(octets):
            return bytes.fromhex(octets)
    print(HELP, file=sys.stderr, flush=True)
    return b""
