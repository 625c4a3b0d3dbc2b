"""Credentials, sessions, failed logins, signing keys and API clients."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Moment, Sorted, Texts, history, identifier, needed
from identity.tables.metadata import metadata

credential = sa.Table(
    "credential",
    metadata,
    sa.Column("employee_id", Id, primary_key=True),
    needed("password_hash", sa.Text),
    needed("former_hashes", Texts),
    needed("changed_at", Moment),
    sa.Column("second_factor", sa.LargeBinary),
    sa.Column("second_factor_begun", sa.LargeBinary),
    sa.Column("second_factor_step", sa.BigInteger),
    needed("recovery_hashes", Texts),
)

login_attempt = sa.Table(
    "login_attempt",
    metadata,
    sa.Column("name_hash", sa.LargeBinary, primary_key=True),
    needed("failures", sa.Integer),
    sa.Column("last_failure_at", Moment),
    sa.Column("locked_until", Moment),
)

session = sa.Table(
    "session",
    metadata,
    identifier(),
    sa.Column("employee_id", Id),
    sa.Column("api_client_id", Id),
    needed("client", sa.Text),
    sa.Column("address", sa.Text),
    needed("started_at", Moment),
    needed("refreshed_at", Moment),
    needed("expires_at", Moment),
    needed("locked", sa.Boolean),
    sa.Column("refresh_hash", sa.LargeBinary),
    sa.Column("previous_hash", sa.LargeBinary),
    sa.Column("previous_until", Moment),
    sa.Column("ended_at", Moment),
    sa.Column("end_reason", sa.Text),
)

signing_key = sa.Table(
    "signing_key",
    metadata,
    sa.Column("kid", sa.Text, primary_key=True),
    needed("public_key", sa.LargeBinary),
    needed("private_key", sa.LargeBinary),
    needed("made_at", Moment),
    sa.Column("retired_at", Moment),
)

api_client = sa.Table(
    "api_client",
    metadata,
    identifier(),
    needed("name", Sorted),
    needed("name_fold", sa.Text),
    needed("name_key", Sorted),
    sa.Column("purpose", sa.Text),
    needed("key", sa.Text),
    needed("secret_hash", sa.LargeBinary),
    needed("permissions", Texts),
    sa.Column("expires_at", Moment),
    sa.Column("revoked_at", Moment),
    sa.Column("last_used_at", Moment),
    sa.Column("created_by_id", Id),
    *history(),
)
