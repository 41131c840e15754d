"""The life of a value: queries, late revisions, locks, withdrawals.

Revision: 0006
Follows: 0005
"""

from __future__ import annotations

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
