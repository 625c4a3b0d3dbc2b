"""Identity and office at work in a process of their own, which a test may kill: ``python -m officing.acting '{…}'``."""

from __future__ import annotations

import json
import signal
import sys
import threading
from datetime import timedelta

from founded.house import NOW, House
from officing.company import Office


def main(identity: str, office: str, minutes: float) -> None:
    """Work on these databases until told to end, so many minutes after the test's now."""
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    house = House(identity)
    house.clock.moment = NOW + timedelta(minutes=minutes)
    company = Office(house, office)
    for each in (house.service, company.service):
        each.start()
    ended.wait()
    for each in (house.service, company.service):
        each.stop(10)
    company.close()
    house.close()


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
