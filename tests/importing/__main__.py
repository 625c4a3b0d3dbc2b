"""``python -m importing <database> <folder>``: works on imports until there is none left; meant to be killed."""

from __future__ import annotations

import sys
from pathlib import Path

from crm_common.clock import SystemClock
from crm_common.ids import Uuid7
from crm_common.imports.worker import Worker
from crm_common.objects import open_objects
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from importing.house import settings_of
from importing.protocol import OFFER
from importing.service import IMPORTERS


class Host:
    """The surroundings of a worker alone."""

    service = "depot"
    clock = SystemClock()
    ids = Uuid7()
    settings = GivenSettings()

    def __init__(self, url: str) -> None:
        self.store = Store(url, service="depot")


def main(url: str, folder: str) -> None:
    """Work and end."""
    worker = Worker(Host(url), open_objects(settings_of(url, Path(folder)).process), OFFER, IMPORTERS)
    while worker.tick():
        pass


main(*sys.argv[1:])
