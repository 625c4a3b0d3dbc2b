"""A process that delivers: ``python -m delivering.sender <JSON of urls, port and moment>``."""

from __future__ import annotations

import json
import sys
import threading
from datetime import datetime, timedelta
from uuid import uuid4

from crm_common.jobs import JobRun
from crm_common.jobs.rows import Runs
from delivering.company import JOB, Company
from delivering.outside import ChatGroups, MailBoxes
from founded.house import House

LEASE = timedelta(seconds=1)


def begun(company: Company, as_of: datetime) -> JobRun:
    """A run as of a moment, begun here."""
    runs = Runs(company.store, f"test:{uuid4()}", LEASE)
    row = runs.begin(uuid4(), JOB, as_of, now=as_of, asked_by="test")
    assert row is not None
    return JobRun(company.host, runs, row, threading.Event())


def taken_up(company: Company) -> JobRun | None:
    """The run of a process that died, once its lease has ended."""
    runs = Runs(company.store, f"test:{uuid4()}", LEASE)
    row = runs.resume([JOB])
    return None if row is None else JobRun(company.host, runs, row, threading.Event())


def deliver(company: Company, run: JobRun) -> None:
    """Do what the job does."""
    [job] = (each for each in company.service.dispatcher.jobs() if each.name == JOB)
    job.run(run)


def main(identity: str, office: str, smtp_port: int, chats: str, as_of: str) -> None:
    """Deliver what is due."""
    mail, groups = MailBoxes(), ChatGroups()
    mail.port, groups.url = smtp_port, chats
    company = Company(House(identity), office, mail, groups)
    deliver(company, begun(company, datetime.fromisoformat(as_of)))


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
