"""Feeds every parser noise and spoilt messages, tells how much memory that took: `fuzzing.py <inputs> <seed>`.

A program of its own, so that the memory is the parsers' alone.
"""

import random
import re
import sys
from pathlib import Path

from crm_edge.heard.callerid import CallerIdBox, RawBox
from crm_edge.heard.gsm import GsmModem
from crm_edge.heard.vcid import VcidModem
from crm_edge.sms.fields import BadPduError
from crm_edge.sms.pdu import decode

SOUND = [
    b"\r\nRING\r\n",
    b"FSK 11241430 13800138000\r\n",
    b"L2 DTMF D13800138000C\r\n",
    b"NMBR = 13800138000\r\nNAME = LI\r\n",
    bytes.fromhex("8017010831313234313433300204313030310705 5a48414e47".replace(" ", "")),
    b'+CLIP: "13800138000",129,"",0,"",0\r\n',
    b'+CMTI: "SM",1\r\n+CMS ERROR: 38\r\n+CME ERROR: 10\r\n> ',
    b"+CMT: ,24\r\n07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37\r\n",
    b"0061000B813108108300F00008AA0C050003070201" + b"4F60597D" + b"\r\n",
]


def spoilt(chance: random.Random) -> bytes:
    """A sound message with bytes changed, cut out, doubled or NUL put between; or plain noise."""
    data = bytearray(chance.choice(SOUND) if chance.random() < 0.8 else chance.randbytes(chance.randrange(60)))
    for _ in range(chance.randrange(4)):
        at = chance.randrange(len(data) + 1)
        what = chance.randrange(4)
        if what == 0:
            data[at : at + 1] = chance.randbytes(1)
        elif what == 1:
            del data[at : at + chance.randrange(1, 9)]
        elif what == 2:
            data[at:at] = data[: chance.randrange(20)]
        else:
            data[at:at] = b"\0" * chance.randrange(1, 4)
    return bytes(data)


def peak_megabytes() -> int:
    """The kernel's word on this program alone; getrusage would count the memory of whoever started it."""
    told = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    assert told is not None
    return int(told[1]) // 1024


def main(inputs: int, seed: int) -> None:
    chance = random.Random(seed)
    devices: list[CallerIdBox | RawBox | VcidModem | GsmModem] = [CallerIdBox(), RawBox(), VcidModem(), GsmModem()]
    refused = signs = 0
    for _ in range(inputs):
        data = spoilt(chance)
        signs += sum(len(device.feed(data)) for device in devices)
        try:
            decode(data.hex() if chance.random() < 0.3 else data.decode("latin-1").split("\r\n")[-2:][0])
        except BadPduError:
            refused += 1
    print(inputs, signs, refused, peak_megabytes())


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
