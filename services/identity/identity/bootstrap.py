"""``python -m identity found [NAME]``: the company and its first administrator, on a new database, without a broker."""

from __future__ import annotations

import os
import sys

import msgspec

from crm_common import telemetry
from crm_common.context import Seal, system_context
from crm_common.runtime.local import LocalRuntime
from crm_common.settings import Misconfigured, load
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from identity.service import IdentityService
from identity.settings import IdentitySettings


def main(arguments: list[str]) -> int:
    """Found the company and print the administrator's one-time password; say so when there is a company already.

    What it records waits in the outbox until the service runs, whose relay publishes it.
    """
    try:
        settings = load(IdentitySettings, "IDENTITY_", os.environ)
    except Misconfigured as faults:
        print(faults, file=sys.stderr)  # noqa: T201
        return 2
    telemetry.configure_logging("identity", level="WARNING", stream=sys.stderr)
    runtime = LocalRuntime(seal=Seal(settings.process.cluster_secret.reveal().encode()))
    store = Store(settings.database_url.reveal(), service="identity", size=2)
    service = runtime.add(IdentityService, store=store, settings=GivenSettings(), environment=settings)
    # only what answers calls: relay and jobs are the running service's business
    service.container.start()
    context = system_context("identity", correlation_id="found-company")
    payload = {"name": " ".join(arguments) or "我的公司"}
    answer = msgspec.json.decode(runtime.peers.call("identity", "found_company", payload, context))
    store.close()
    if answer["founded"]:
        print(f"Log in as {answer['login_name']} with the one-time password {answer['initial_password']}")  # noqa: T201
    else:
        print("There is a company already.", file=sys.stderr)  # noqa: T201
    return 0
