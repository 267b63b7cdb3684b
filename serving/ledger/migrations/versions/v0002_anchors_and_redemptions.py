"""Anchors over the heads of all accounts, and what a shop said was redeemed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "anchor",
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
    )
    op.create_table(
        "redemption",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("reservation_id", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("redeemed_at", sa.BigInteger(), nullable=False),
        sa.Column("known_at", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    """Remove both: anchors can be made anew, and redemptions read from their files again."""
    op.drop_table("redemption")
    op.drop_table("anchor")
