"""Posts of chat robots (企业微信, 钉钉, 飞书): JSON over HTTP, signed as each wants it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from crm_common.protocol.office.delivery import RobotKind
from crm_common.settings import Secret
from crm_common.vault import Vault
from office.adapters.sending import NotSentError, UncertainError

_SECONDS = 15.0
_TOO_MANY = {RobotKind.WECOM: {45009}, RobotKind.DINGTALK: {130101, 410100}, RobotKind.FEISHU: {9499, 11232}}
"""What each answers when it is posted to too often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Robot:
    """A robot, opened."""

    kind: RobotKind
    token: str
    secret: str | None


def vault(secret: Secret) -> Vault:
    """What robots' tokens and secrets are sealed with."""
    return Vault(secret.reveal().encode(), "office/robots")


def sealed(of: Vault, robot_id: UUID, token: str, secret: str | None) -> bytes:
    """What is kept of a robot's token and secret."""
    return of.seal(json.dumps([token, secret]).encode(), f"robot/{robot_id}")


def opened(of: Vault, robot_id: UUID, kind: RobotKind, kept: bytes) -> Robot:
    """The robot again."""
    token, secret = json.loads(of.open(kept, f"robot/{robot_id}"))
    return Robot(kind=kind, token=token, secret=secret)


@dataclass(frozen=True, slots=True)
class Robots:
    """The vendors' servers by kind of robot: where the process's settings say, never where a caller does."""

    servers: Mapping[RobotKind, str]

    def post(self, robot: Robot, text: str, now: datetime) -> None:
        """Let the robot say it. `NotSentError` when it certainly did not, `UncertainError` when nobody knows."""
        address, body = self._request(robot, text, now)
        status, answer = _exchanged(address, body)
        if status >= 500 or status == 429:
            raise NotSentError(f"HTTP {status}")
        if status >= 400:
            raise NotSentError(f"HTTP {status}", for_good=True)
        code = _code(answer)
        if code:
            raise NotSentError(f"code {code}", for_good=code not in _TOO_MANY[robot.kind])

    def _request(self, robot: Robot, text: str, now: datetime) -> tuple[str, dict[str, Any]]:
        server = self.servers[robot.kind]
        if robot.kind is RobotKind.WECOM:
            where = f"{server}/cgi-bin/webhook/send?{urlencode({'key': robot.token})}"
            return where, {"msgtype": "text", "text": {"content": text}}
        if robot.kind is RobotKind.DINGTALK:
            query = {"access_token": robot.token}
            if robot.secret:
                stamp = str(int(now.timestamp() * 1000))
                query |= {"timestamp": stamp, "sign": _mac(robot.secret, f"{stamp}\n{robot.secret}")}
            where = f"{server}/robot/send?{urlencode(query)}"
            return where, {"msgtype": "text", "text": {"content": text}}
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
        if robot.secret:
            stamp = str(int(now.timestamp()))
            # here the text is the key, and nothing is signed
            body |= {"timestamp": stamp, "sign": _mac(f"{stamp}\n{robot.secret}", "")}
        return f"{server}/open-apis/bot/v2/hook/{robot.token}", body


def _mac(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def _exchanged(address: str, body: dict[str, Any]) -> tuple[int, bytes]:
    parts = urlsplit(address)
    made = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = made(parts.hostname or "", parts.port, timeout=_SECONDS)
    try:
        try:
            connection.connect()
        except OSError as failed:
            raise NotSentError(type(failed).__name__) from failed
        try:
            headers = {"Content-Type": "application/json; charset=utf-8"}
            connection.request("POST", f"{parts.path}?{parts.query}", json.dumps(body).encode(), headers)
            answer = connection.getresponse()
            return answer.status, answer.read(65_536)
        except (OSError, http.client.HTTPException) as lost:
            raise UncertainError(type(lost).__name__) from lost
    finally:
        connection.close()


def _code(answer: bytes) -> int:
    try:
        told = json.loads(answer)
        return int(told.get("errcode", told.get("code", told.get("StatusCode", 0))))
    except (ValueError, AttributeError, TypeError) as unclear:
        raise UncertainError("an answer that nobody understands") from unclear
