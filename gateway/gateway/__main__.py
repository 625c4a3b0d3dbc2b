"""``python -m gateway [run]`` serves the gateway over RabbitMQ; ``python -m gateway schema`` prints schema.graphql."""

from __future__ import annotations

import asyncio
import os
import sys

from crm_common import telemetry
from crm_common.context import Seal
from crm_common.objects.opening import open_files, open_sealed
from crm_common.runtime.broker_client import BrokerClient
from crm_common.runtime.broker_feed import BrokerFeed
from crm_common.settings import Misconfigured
from gateway import schema
from gateway.app import create_gateway
from gateway.server import Server
from gateway.settings import ProcessOfGateway, from_environment


def main(arguments: list[str]) -> int:
    """The exit code: 0 after an orderly end, 2 when it cannot start."""
    if arguments[:1] == ["schema"]:
        return schema.main(arguments[1:])
    if arguments not in ([], ["run"]):
        print("usage: python -m gateway [run | schema [--check]]", file=sys.stderr)
        return 2
    try:
        settings = from_environment(os.environ)
    except Misconfigured as faults:
        print(faults, file=sys.stderr)
        return 2
    process = settings.process
    if process.amqp_url is None:
        print("CRM_AMQP_URL is missing: a gateway process needs RabbitMQ", file=sys.stderr)
        return 2
    telemetry.configure_logging("gateway", level=process.log_level)
    telemetry.configure_tracing("gateway", endpoint=process.traces_endpoint, ratio=process.traces_ratio)
    return run(settings, process.amqp_url.reveal())


def run(settings: ProcessOfGateway, amqp_url: str) -> int:
    """Serve until SIGTERM or SIGINT."""
    process = settings.process
    client = BrokerClient(amqp_url, seal=Seal(process.cluster_secret.reveal().encode()))
    feed = BrokerFeed(amqp_url)
    gateway = create_gateway(settings.gateway, client, feed, files=open_files(process), sealed=open_sealed(process))
    server = Server(gateway)

    async def serving() -> None:
        await client.start()
        await feed.start()
        try:
            await server.serve()
        finally:
            await feed.close()
            await client.close()

    metrics = None
    if process.metrics_port is not None:
        metrics = telemetry.serve_metrics(process.metrics_port, process.listen_address)
    with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
        runner.run(serving())
    if metrics is not None:
        metrics.shutdown()
    telemetry.stop_tracing()
    return 0 if server.clean else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
