"""Reports, their proposals and the log of decisions."""

import sqlalchemy as sa
from alembic import op

from indicators.reports.migrations import drop, only_added

revision, down_revision = "0001", None
ADDS = ("reports", "proposals", "decisions")


def upgrade() -> None:
    op.create_table("schema_version", sa.Column("version", sa.Integer, primary_key=True, autoincrement=False))
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sha256", sa.Text, nullable=False, unique=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("source", "title", "publisher", "date", "format", "text", "added_at", "added_by")))
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("report_id", sa.Integer, sa.ForeignKey("reports.id"), nullable=False, index=True),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("figure", sa.JSON, nullable=False),
        sa.Column("row", sa.JSON),
        sa.Column("missing", sa.JSON, nullable=False),
        sa.Column("state", sa.Text, nullable=False, index=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("state IN ('proposed', 'accepted', 'corrected', 'rejected')", name="known_state"))
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("proposal_id", sa.Integer, sa.ForeignKey("proposals.id"), nullable=False, index=True),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("row", sa.JSON),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("by", "at", "note")),
        sa.CheckConstraint("action IN ('accept', 'correct', 'reject', 'undo')", name="known_action"))
    only_added("decisions")


def downgrade() -> None:
    for table in (*reversed(ADDS), "schema_version"):
        drop(table)
