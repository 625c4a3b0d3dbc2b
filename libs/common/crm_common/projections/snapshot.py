"""The owner's side: pages of records with the seq each one stands at, for neighbours to copy."""

from __future__ import annotations

from collections.abc import Mapping

from crm_common.errors import CommonRules
from crm_common.journal.replay import HORIZON
from crm_common.projections.declare import SnapshotSource
from crm_common.projections.rows import START
from crm_common.protocol.platform import PlatformRules, Snapshot
from crm_common.runtime.raw import Raw
from crm_common.store import Store

MOST = 5000

# The position is taken with the page: whatever the journal holds up to it, the page shows.
_PAGE = f"""
WITH page AS (
    SELECT shown.*, coalesce(head.seq, 0) AS seq
    FROM (SELECT * FROM ({{select}}) AS every WHERE every.id > %(after)s ORDER BY every.id LIMIT %(limit)s) AS shown
    LEFT JOIN subject_head head ON head.subject = %(aggregate)s || '/' || shown.id
)
SELECT json_build_object(
    'position', ({HORIZON} - 1)::text || '.{2**63 - 1}',
    'rows', coalesce((SELECT json_agg(page ORDER BY id) FROM page), '[]'),
    'next', CASE WHEN (SELECT count(*) FROM page) = %(limit)s THEN (SELECT id FROM page ORDER BY id DESC LIMIT 1) END)
"""


def snapshot(store: Store, sources: Mapping[str, SnapshotSource], asked: Snapshot) -> Raw:
    """The page that ``asked`` names, as `crm_common.protocol.platform.Snapshot` describes it."""
    source = sources.get(asked.resource)
    if source is None:
        raise PlatformRules.there_is_no_such_snapshot(field="resource", resource=asked.resource)
    if not 1 <= asked.limit <= MOST:
        raise CommonRules.a_page_is_too_large(field="limit", limit=MOST)
    values = {"after": asked.after or START, "limit": asked.limit, "aggregate": source.aggregate}
    return Raw(store.read(_PAGE.format(select=source.select), values) or b"")
