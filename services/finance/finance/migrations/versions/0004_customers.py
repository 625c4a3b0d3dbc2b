"""What came to another customer when two were merged."""

from __future__ import annotations

from alembic import op

from crm_common.provision import runtime_role

revision = "0004_customers"
down_revision = "0003_spending"

_MOVES = """
CREATE TABLE customer_move (
    merge_id uuid NOT NULL,
    merged_id uuid NOT NULL,
    record text COLLATE "C" NOT NULL,
    record_id uuid NOT NULL,
    PRIMARY KEY (merge_id, record, record_id)
);
CREATE INDEX customer_move_merged ON customer_move (merged_id);
CREATE INDEX invoice_customer ON invoice (customer_id);
CREATE INDEX refund_customer ON refund (customer_id);
"""


# what was signed is only added to, but for what is forgotten with a person and for whose it is
_CHANGED = {
    "contract_archive": "name, customer_id",
    "contract_version": "payment_terms",
    "contract_entry": "remark",
}


def upgrade() -> None:
    """Make the table."""
    op.get_bind().exec_driver_sql(_MOVES, execution_options={"no_parameters": True})
    role = runtime_role(op.get_bind())
    for table, columns in _CHANGED.items():
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO {role}")
