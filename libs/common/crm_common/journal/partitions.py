"""The months of the journal: partitions made ahead of time, rows without one caught and moved, order kept in a copy."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from crm_common.store import Store

# As the owner of the tables, which the runtime role is not: it may make partitions, and nothing else of the kind.
# The lock on the default partition keeps rows of the new month from slipping into it before the attachment.
FUNCTION = """
CREATE FUNCTION journal_make_partitions(first date, months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '3s' AS $$
DECLARE
    lower timestamptz;
    upper timestamptz;
    part text;
    made integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('journal_make_partitions'));
    FOR month IN 0..months LOOP
        lower := (date_trunc('month', first) + make_interval(months => month))::timestamp AT TIME ZONE 'UTC';
        upper := (date_trunc('month', first) + make_interval(months => month + 1))::timestamp AT TIME ZONE 'UTC';
        part := to_char(lower AT TIME ZONE 'UTC', '"journal_"YYYY_MM');
        CONTINUE WHEN to_regclass(part) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I (LIKE journal INCLUDING DEFAULTS)', part);
        EXECUTE format('REVOKE ALL ON %I FROM %I', part, regexp_replace(current_user, '_owner$', ''));
        LOCK TABLE journal_default IN ACCESS EXCLUSIVE MODE;
        EXECUTE format('WITH moved AS (DELETE FROM journal_default WHERE occurred_at >= %L AND occurred_at < %L'
            ' RETURNING *) INSERT INTO %I SELECT * FROM moved', lower, upper, part);
        EXECUTE format('ALTER TABLE journal ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part, lower, upper);
        made := made + 1;
    END LOOP;
    RETURN made;
END
$$;
REVOKE EXECUTE ON FUNCTION journal_make_partitions FROM PUBLIC;
"""


def make_ahead(store: Store, today: date, months: int = 3) -> int:
    """Make the partitions of this month and the ``months`` after it; the number of those that were missing.

    Harmless at any time and from any replica. Events of a time without a partition lie in ``journal_default`` and move
    into their own partition when it is made.
    """
    with store.transaction() as connection:
        made: int = connection.execute(
            sa.text("SELECT journal_make_partitions(:today, :months)"), {"today": today, "months": months}
        ).scalar_one()
    return made


def follow_restored_copy(connection: sa.Connection) -> None:
    """Keep the order of the journal growing after its rows came from another cluster (run by the owner).

    A logical restore brings rows with the transaction ids of the cluster they come from, while the new cluster
    counts its own from the start: without the shift, readers would take every new event for one they have passed.
    """
    if connection.exec_driver_sql("SELECT to_regclass('journal_epoch')").scalar_one() is None:
        return
    connection.exec_driver_sql(
        "UPDATE journal_epoch SET shift = latest.txid - pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1"
        " FROM (SELECT max(txid) AS txid FROM journal) AS latest"
        " WHERE latest.txid - shift >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
    )
