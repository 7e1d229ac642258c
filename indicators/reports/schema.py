"""The tables of the database of reviews, as this version of the program knows them.

What turns an older database into this one stands in :mod:`indicators.reports.migrations`;
a test holds the two together.
"""

from __future__ import annotations

import sqlalchemy as sa

#: The number of the last migration.
SCHEMA_VERSION = 2
STATES = ("proposed", "accepted", "corrected", "rejected")
ACTIONS = ("accept", "correct", "reject", "undo")

_json = sa.JSON(none_as_null=True)
metadata = sa.MetaData()

schema_version = sa.Table("schema_version", metadata, sa.Column("version", sa.Integer, primary_key=True, autoincrement=False))

reports = sa.Table(
    "reports", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sha256", sa.Text, nullable=False, unique=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("publisher", sa.Text, nullable=False),
    sa.Column("date", sa.Text, nullable=False),
    sa.Column("format", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("added_at", sa.Text, nullable=False),
    sa.Column("added_by", sa.Text, nullable=False),
)

proposals = sa.Table(
    "proposals", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("report_id", sa.ForeignKey("reports.id"), nullable=False, index=True),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("figure", _json, nullable=False),
    sa.Column("row", _json),
    sa.Column("missing", _json, nullable=False),
    sa.Column("state", sa.Text, sa.CheckConstraint(f"state IN {STATES}", name="known_state"), nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
)

decisions = sa.Table(
    "decisions", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("proposal_id", sa.ForeignKey("proposals.id"), nullable=False, index=True),
    sa.Column("action", sa.Text, sa.CheckConstraint(f"action IN {ACTIONS}", name="known_action"), nullable=False),
    sa.Column("row", _json),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)

#: What was computed from records: which records, how, and what was left out.
record_sets = sa.Table(
    "record_sets", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("indicator", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("records", sa.BigInteger, nullable=False),
    sa.Column("used", sa.BigInteger, nullable=False),
    sa.Column("left_out", _json, nullable=False),
    sa.Column("examples", _json, nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("query_hash", sa.Text, nullable=False),
    sa.Column("engine", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False, unique=True),
    sa.Column("about", _json, nullable=False),
    sa.Column("computed_at", sa.Text, nullable=False),
    sa.Column("computed_by", sa.Text, nullable=False),
    sa.UniqueConstraint("indicator", "sha256", "query_hash", name="one_set_a_run"),
)

record_observations = sa.Table(
    "record_observations", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("record_set_id", sa.ForeignKey("record_sets.id"), nullable=False, index=True),
    sa.Column("row", _json, nullable=False),
)

#: Who did what and when, beside the log of decisions.
audit = sa.Table(
    "audit", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False, index=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("detail", _json, nullable=False),
)

#: The tables that hold rows, each after those that it refers to.
HOLDING = ("reports", "proposals", "decisions", "record_sets", "record_observations", "audit")
