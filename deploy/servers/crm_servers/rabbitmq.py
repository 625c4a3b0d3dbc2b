"""RabbitMQ as a node of its own: own name, own ports, own epmd, own cookie, everything on 127.0.0.1."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import httpx

from crm_servers.installing import Missing, apt_install
from crm_servers.memory import remembered
from crm_servers.process import GuardedProcess, hand_over, own, run_as_server

# Where Debian, Homebrew and the generic archive keep the scripts. Not Debian's wrapper in /usr/sbin: it changes user.
SCRIPT_FOLDERS = ("/usr/lib/rabbitmq/bin", "/opt/homebrew/opt/rabbitmq/sbin", "/usr/local/opt/rabbitmq/sbin")

CONFIGURATION = """\
listeners.tcp.local = 127.0.0.1:{amqp}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management}
default_user = crm
default_pass = {password}
default_user_tags.administrator = true
log.console = true
log.file = false
disk_free_limit.absolute = 100MB
"""


def scripts() -> Path | None:
    """The folder of rabbitmq-server and rabbitmqctl; None when it is not on this machine."""
    for folder in SCRIPT_FOLDERS:
        if (Path(folder) / "rabbitmq-server").exists() and shutil.which("epmd"):
            return Path(folder)
    found = shutil.which("rabbitmq-server")
    if found and shutil.which("epmd") and not found.startswith("/usr/sbin"):
        return Path(found).resolve().parent
    return None


def installed() -> Path:
    """As `scripts`, installing Debian's package when there is none; Missing when that cannot be done."""
    if (found := scripts()) is None:
        apt_install("rabbitmq-server")
        found = scripts()
    if found is None:
        raise Missing("RabbitMQ: rabbitmq-server and epmd are not in any known place")
    return found


class RabbitServer:
    """One node in `folder`. Ports, password and data stay the same over `stop`, `kill` and `start`."""

    def __init__(self, folder: Path, lifeline: Path, *, remove: bool = False) -> None:
        self.folder = own(folder)
        self._scripts = installed()
        noted = remembered(folder, "rabbitmq", ports=4)
        self.amqp_port, self.management_port, self._dist_port, self._epmd_port = noted.ports
        self.password = noted.password
        self.node = "crm@localhost"  # the data is kept under this name; other nodes are with another epmd
        self._configure()
        self._environment = self._node_environment()
        self._process = GuardedProcess(
            name="rabbitmq",
            folder=folder,
            lifeline=lifeline,
            command=["/bin/sh", str(hand_over(folder / "node.sh", self._launcher()))],
            environment=self._environment,
            orphan_signal=signal.SIGKILL if remove else 0,  # nobody needs the data: save the 6 s of an orderly end
            remove=remove,
        )

    def _configure(self) -> None:
        places = {"amqp": self.amqp_port, "management": self.management_port, "password": self.password}
        hand_over(self.folder / "rabbitmq.conf", CONFIGURATION.format(**places))
        hand_over(self.folder / "enabled_plugins", "[rabbitmq_management].\n")
        hand_over(self.folder / "environment.conf", "")  # instead of the one in /etc
        for name in ("home", "mnesia", "log"):
            own(self.folder / name)

    def _node_environment(self) -> dict[str, str]:
        here = self.folder
        return {
            "HOME": str(here / "home"),  # the Erlang cookie lies there
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "RABBITMQ_NODENAME": self.node,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.amqp_port),
            "RABBITMQ_DIST_PORT": str(self._dist_port),
            "RABBITMQ_MNESIA_BASE": str(here / "mnesia"),
            "RABBITMQ_LOG_BASE": str(here / "log"),
            "RABBITMQ_CONFIG_FILE": str(here / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(here / "enabled_plugins"),
            "RABBITMQ_CONF_ENV_FILE": str(here / "environment.conf"),
            # Distribution on the loopback only, and no epmd of Erlang's own making, which would stay for ever.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false",
            "RABBITMQ_CTL_ERL_ARGS": "-start_epmd false",
        }

    def _launcher(self) -> str:
        """epmd in the foreground beside the node: the guard ends the whole process group when the node has ended.

        `detached` makes RabbitMQ's script replace itself with the Erlang machine, so that our pid is the node's.
        """
        return (
            f"epmd -address 127.0.0.1 -port {self._epmd_port} >/dev/null 2>&1 &\n"
            f"detached=1 exec {self._scripts / 'rabbitmq-server'} </dev/null\n"
        )

    @property
    def url(self) -> str:
        return self.url_of("/")

    def url_of(self, vhost: str) -> str:
        return f"amqp://crm:{self.password}@127.0.0.1:{self.amqp_port}/{'%2F' if vhost == '/' else vhost}"

    @property
    def management_url(self) -> str:
        """Address of the management API with user and password in it."""
        return f"http://crm:{self.password}@127.0.0.1:{self.management_port}"

    def start(self) -> RabbitServer:
        """Returns when clients and the management API are served (5 s on a quiet machine)."""
        self._process.start(ready=self._answers, seconds=120)
        return self

    def stop(self) -> None:
        """An orderly end, as for an upgrade: about 6 s."""
        self._process.stop()

    def kill(self) -> None:
        self._process.kill()

    def settle(self) -> None:
        """Returns when the names of the quorum queues declared so far are on disk.

        RabbitMQ writes them half a second late; a single node killed before comes back with such a queue that never
        elects a leader. Call it between declaring a queue and `kill`.
        """
        self.ctl("eval", "[ok = dets:sync(Table) || Table <- dets:all()].")

    def running(self) -> bool:
        return self._process.running()

    def pid(self) -> int | None:
        return self._process.pid()

    def ctl(self, *arguments: str) -> str:
        """Output of `rabbitmqctl` on this node; CalledProcessError with its words when it fails."""
        done = run_as_server([self._scripts / "rabbitmqctl", "--quiet", *arguments], self.folder, **self._environment)
        done.check_returncode()
        return done.stdout

    def _answers(self) -> bool:
        try:
            return management(self.management_url, "GET", "/api/health/checks/local-alarms").is_success
        except httpx.HTTPError:
            return False


def management(url: str, method: str, path: str, body: object = None, *, seconds: float = 60) -> httpx.Response:
    """One request to the management API at `url` (with credentials in it); the response whatever its status."""
    with httpx.Client(base_url=url, timeout=seconds, trust_env=False) as client:
        return client.request(method, path, json=body)


def create_vhost(management_url: str, name: str) -> None:
    management(management_url, "PUT", f"/api/vhosts/{name}").raise_for_status()


def delete_vhost(management_url: str, name: str) -> None:
    """Removes the virtual host with everything in it; its connections are closed. Streams take RabbitMQ some 5 s."""
    management(management_url, "DELETE", f"/api/vhosts/{name}", seconds=180).raise_for_status()
