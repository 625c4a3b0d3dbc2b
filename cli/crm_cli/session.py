"""Who is logged in where: a file that only its owner may read."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from crm_cli.problems import Stopped


@dataclass
class Session:
    """A login at one server."""

    url: str
    access_token: str
    refresh_token: str | None


def place() -> Path:
    """The session's file: ``CRM_SESSION``, else below the user's configuration."""
    told = os.environ.get("CRM_SESSION")
    if told:
        return Path(told)
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "crm" / "session.json"


def load() -> Session:
    """The session that was kept."""
    try:
        return Session(**json.loads(place().read_text(encoding="utf-8")))
    except FileNotFoundError as missing:
        raise Stopped("Nobody is logged in: crm login http://host:port. 请先登录。") from missing
    except (ValueError, TypeError) as broken:
        raise Stopped(f"{place()} cannot be read; log in again. 会话文件已损坏，请重新登录。") from broken


def keep(session: Session) -> None:
    """Write the session, for its owner's eyes only."""
    path = place()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    # the file is never there with wider rights, not even for a moment
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(session), file)
    fresh.rename(path)


def forget() -> None:
    """Remove the session."""
    place().unlink(missing_ok=True)
