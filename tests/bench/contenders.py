"""Who is measured: one way to answer each, with the processes that work for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count
from typing import Any

import msgspec
import psutil

from bench.load import request
from bench.prepare import LOGIN, PASSWORD
from bench.workloads import Workload

_LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { tokens { accessToken } userErrors { message } } }"


@dataclass
class Contender:
    """One way to answer. ``works`` reads the processor seconds of each part that works for it, beside PostgreSQL."""

    key: str
    name: str
    port: int
    works: Mapping[str, Callable[[], float]]
    graphql: bool = True
    secured: bool = True
    token: str = ""
    numbers: Iterator[int] = field(default_factory=lambda: count(1_000_000))

    def begin(self) -> None:
        """Log in, where that is asked for: an access token lives for minutes."""
        if self.secured:
            person = {"input": {"loginName": LOGIN, "password": PASSWORD}}
            answer = self.post("/graphql", {"query": _LOGIN, "variables": person})
            self.token = answer["data"]["login"]["tokens"]["accessToken"]

    def answer(self, workload: Workload, number: int) -> Any:
        """The data of one answer, decoded."""
        path, body = self._asked(workload, number)
        answer = self.post(path, body)
        if answer.get("errors"):
            raise RuntimeError(f"{self.name} refuses {workload.key}: {answer['errors']}")
        return answer["data"]

    def requests(self, workload: Workload) -> Iterator[bytes]:
        """Requests without end, each with other variables; the same sequence for everybody."""
        headers = self._headers()
        for number in self.numbers:
            path, body = self._asked(workload, number)
            yield request(path, msgspec.json.encode(body), headers)

    def _asked(self, workload: Workload, number: int) -> tuple[str, Any]:
        variables = workload.variables(number)
        if "name" in variables.get("input", {}):
            # names are unique in the company, which all contenders write to
            variables["input"]["name"] += f" {self.key}"
        if self.graphql:
            return "/graphql", {"query": workload.document, "variables": variables}
        return f"/{workload.key}", variables

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}

    def post(self, path: str, body: Any) -> Any:
        """What it answers, decoded; another status than 200 ends the run."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            headers = {"content-type": "application/json", **self._headers()}
            connection.request("POST", path, msgspec.json.encode(body), headers)
            response = connection.getresponse()
            text = response.read()
        if response.status != 200:
            raise RuntimeError(f"{self.name} answers {response.status}: {text[:500]!r}")
        return msgspec.json.decode(text)


def alone(process: psutil.Process) -> Callable[[], float]:
    """Reads the processor seconds of a process."""
    return lambda: float(sum(process.cpu_times()[:2]))


def family(pid: int) -> Callable[[], float]:
    """Reads the processor seconds of a server and all that it started, those that have ended included."""
    process = psutil.Process(pid)

    def seconds() -> float:
        running = sum(_of_child(child) for child in process.children(recursive=True))
        own = process.cpu_times()
        return float(sum(own[:2]) + own.children_user + own.children_system + running)

    return seconds


def _of_child(process: psutil.Process) -> float:
    try:
        return float(sum(process.cpu_times()[:2]))
    except psutil.NoSuchProcess:
        return 0.0  # it has ended just now: its parent tells its time
