"""Observations computed from records, and the audit trail."""

import sqlalchemy as sa
from alembic import op

from indicators.reports.migrations import drop, only_added

revision, down_revision = "0002", "0001"
ADDS = ("record_sets", "record_observations", "audit")


def upgrade() -> None:
    op.create_table(
        "record_sets",
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("indicator", "name", "sha256")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("records", "used")),
        *(sa.Column(name, sa.JSON, nullable=False) for name in ("left_out", "examples")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("query", "query_hash", "engine")),
        sa.Column("source", sa.Text, nullable=False, unique=True),
        sa.Column("about", sa.JSON, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("computed_at", "computed_by")),
        sa.UniqueConstraint("indicator", "sha256", "query_hash", name="one_set_a_run"))
    op.create_table(
        "record_observations",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("record_set_id", sa.Integer, sa.ForeignKey("record_sets.id"), nullable=False, index=True),
        sa.Column("row", sa.JSON, nullable=False))
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False, index=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False))
    for table in ADDS:
        only_added(table)


def downgrade() -> None:
    for table in reversed(ADDS):
        drop(table)
