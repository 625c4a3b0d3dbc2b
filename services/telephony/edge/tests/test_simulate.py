"""`crm-edge simulate` gives a port that pyserial opens, with the bytes a real device writes (BYD-10, TEL-01)."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
import serial

from crm_edge.heard import callerid, vcid
from crm_edge.heard.signs import CallerId, CallerName, CallOver, Final, Ring, Said, Sign

Start = Callable[[str], subprocess.Popen[str]]
PATIENCE = 60


@pytest.fixture
def start() -> Iterator[Start]:
    running: list[subprocess.Popen[str]] = []

    def simulate(kind: str) -> subprocess.Popen[str]:
        program = [sys.executable, "-m", "crm_edge", "simulate", kind]
        running.append(subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1))
        return running[-1]

    yield simulate
    for process in running:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(PATIENCE) == 0
        assert process.stdout is not None
        process.stdout.close()


def port_of(process: subprocess.Popen[str]) -> serial.Serial:
    assert process.stdout is not None
    return serial.Serial(process.stdout.readline().split()[0], 9600, timeout=PATIENCE)


def tell(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line + "\n")


def hear(port: serial.Serial, device: callerid.CallerIdBox | vcid.VcidModem, last: Sign) -> list[Sign]:
    """The signs up to `last`; an answer that never comes ends the test by the read that comes back empty."""
    signs: list[Sign] = []
    while last not in signs:
        byte = port.read(1)
        assert byte, signs
        signs += device.feed(byte)
    return signs


def test_a_caller_id_box_rings_on_its_port(start: Start) -> None:
    process, box = start("callerid"), callerid.CallerIdBox()
    with port_of(process) as port:
        tell(process, "nonsense")
        tell(process, "noise 0d0aff00fe0d0a")
        tell(process, "ring 13800138000 ZHANG SAN")
        tell(process, "ring P")
        tell(process, "stop")

        assert hear(port, box, CallOver("IDLE")) == [
            Said("??"),
            *(Ring(), CallerId("13800138000", None, "ZHANG SAN")),
            *(Ring(), CallerId(None, "private"), CallOver("IDLE")),
        ]


def test_a_vcid_modem_tells_callers_in_the_form_it_was_asked_for(start: Start) -> None:
    process, modem = start("vcid"), vcid.VcidModem()
    with port_of(process) as port:
        port.write(b"AT+VCID=1\r")
        assert hear(port, modem, Final(True)) == [Said("AT+VCID=1"), Final(True)]
        tell(process, "ring 13800138000 LI")
        assert hear(port, modem, CallerName("LI")) == [Ring(), CallerId("13800138000"), CallerName("LI")]
        port.write(b"ATE0\rAT+VCID=2\r")
        assert hear(port, modem, Said("ATE0")) == [Ring(), Said("ATE0")]
        assert hear(port, modem, Final(True)) == [Final(True)]
        assert hear(port, modem, Final(True)) == [Final(True)]
        tell(process, "ring 02088886666 LI")
        assert hear(port, modem, CallerId("02088886666", None, "LI")) == [Ring(), CallerId("02088886666", None, "LI")]
        port.write(b"AT+NONSENSE\r")
        assert hear(port, modem, Final(False, "ERROR")) == [Ring(), Final(False, "ERROR")]
