"""carried over: answers that come from an earlier round, to be confirmed"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("answer") as table:
        table.add_column(sa.Column("carried_from_id", sa.Integer(), nullable=True))
        table.add_column(
            sa.Column("to_confirm", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("answer") as table:
        table.alter_column("to_confirm", existing_type=sa.Boolean(), server_default=None)
        table.create_foreign_key(
            op.f("fk_answer_carried_from_id_submission"), "submission", ["carried_from_id"], ["id"]
        )
        table.create_check_constraint(
            op.f("ck_answer_to_confirm_means_carried"),
            "NOT to_confirm OR carried_from_id IS NOT NULL",
        )


def downgrade() -> None:
    """Go back to answers that do not say where they come from; none is lost."""
    with op.batch_alter_table("answer") as table:
        table.drop_constraint(op.f("ck_answer_to_confirm_means_carried"), type_="check")
        table.drop_constraint(op.f("fk_answer_carried_from_id_submission"), type_="foreignkey")
        table.drop_column("to_confirm")
        table.drop_column("carried_from_id")
