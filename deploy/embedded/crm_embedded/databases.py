"""Each room's own database in the product's PostgreSQL: made, upgraded, dumped before an upgrade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from crm_common import migrations
from crm_common.provision import Provisioned, database
from crm_common.settings import ServiceSettings, load
from crm_embedded import postgres
from crm_embedded.folder import DataFolder
from crm_embedded.rooms import ROOMS, Room
from crm_servers.postgres import PostgresServer


class Databases:
    """The databases of all rooms. Nobody but the data folder's owner can open the socket, so roles need no password."""

    def __init__(self, server: PostgresServer, folder: DataFolder) -> None:
        self._server = server
        self._folder = folder
        self._dumped = False
        self._of: dict[str, Provisioned] = {room.package: database(server.url, room.package) for room in ROOMS}

    def url(self, room: Room) -> str:
        """The room's database, as the role that runs."""
        return self._of[room.package].url

    def upgrade(self) -> None:
        """Bring every database to the shape its room needs; before the first change all of them are dumped."""
        for room in ROOMS:
            migrations.run(self._of[room.package].owner_url, room.package, before_upgrade=self._dump_once)

    def _dump_once(self, present: str, _wanted: str) -> None:
        if not self._dumped:
            postgres.back_up(self._server, [f"crm_{room.package}" for room in ROOMS], self._folder, present)
            self._dumped = True


def settings_of(room: Room, url: str, folder: DataFolder, environ: Mapping[str, str]) -> ServiceSettings:
    """The room's settings: its database, its secrets from the data folder, the rest as the environment has it.

    ``Misconfigured`` names every fault at once.
    """
    given = {name: value for name, value in environ.items() if name.startswith((room.prefix, "CRM_"))}
    ours = {
        f"{room.prefix}DATABASE_URL": url,
        "CRM_CLUSTER_SECRET": folder.secret("cluster").hex(),
        "CRM_OBJECTS_FOLDER": str(folder.objects),
    }
    if any(each.name == "key_secret" for each in fields(room.settings)):
        ours[f"{room.prefix}KEY_SECRET"] = folder.secret(room.package).hex()
    return load(room.settings, room.prefix, given | ours)
