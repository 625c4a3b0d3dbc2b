"""The environment of a measured process, as an operator would write it."""

from __future__ import annotations

from crm_common.settings import load
from identity.settings import IdentitySettings


def identity_environment(
    database_url: str, secret: str, key_secret: str, amqp_url: str | None = None
) -> dict[str, str]:
    """The variables of an identity process."""
    found = {
        "IDENTITY_DATABASE_URL": database_url,
        "IDENTITY_KEY_SECRET": key_secret,
        "CRM_CLUSTER_SECRET": secret,
    }
    return found | ({"CRM_AMQP_URL": amqp_url} if amqp_url else {})


def customer_environment(database_url: str, key_secret: str, files: str) -> dict[str, str]:
    """What a customer process needs beside identity's variables."""
    return {
        "CUSTOMER_DATABASE_URL": database_url,
        "CUSTOMER_KEY_SECRET": key_secret,
        "CRM_OBJECTS_FOLDER": files,
    }


def identity_settings(database_url: str, secret: str, key_secret: str) -> IdentitySettings:
    """The settings that these variables give."""
    return load(IdentitySettings, "IDENTITY_", identity_environment(database_url, secret, key_secret))
