"""the pool of reviewers, planned seats, languages of cities, kinds of conflict"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "planned_seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_planned_seat_assessment_id_assessment"),
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["user.id"], name=op.f("fk_planned_seat_reviewer_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_seat")),
        sa.UniqueConstraint(
            "assessment_id", "reviewer_id", name=op.f("uq_planned_seat_assessment_id_reviewer_id")
        ),
    )
    with op.batch_alter_table("planned_seat", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_planned_seat_reviewer_id"), ["reviewer_id"], unique=False
        )
    op.create_table(
        "reviewer_profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("languages", sa.String(length=200), nullable=False),
        sa.Column("roles", sa.String(length=200), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("earlier_reviews", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "capacity BETWEEN 0 AND 10", name=op.f("ck_reviewer_profile_capacity_can_be_kept")
        ),
        sa.CheckConstraint(
            "earlier_reviews BETWEEN 0 AND 99",
            name=op.f("ck_reviewer_profile_earlier_reviews_are_counted"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_reviewer_profile_user_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewer_profile")),
        sa.UniqueConstraint("user_id", name=op.f("uq_reviewer_profile_user_id")),
    )
    with op.batch_alter_table("city", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("languages", sa.String(length=60), nullable=False, server_default="")
        )
    with op.batch_alter_table("city", schema=None) as batch_op:
        batch_op.alter_column("languages", server_default=None)
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("kind", sa.String(length=32), nullable=False, server_default="declared")
        )
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.alter_column("kind", server_default=None)
        batch_op.create_check_constraint(
            batch_op.f("ck_conflict_conflictkind"), "kind IN ('declared', 'former-employer')"
        )


def downgrade() -> None:
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_conflict_conflictkind"), type_="check")
        batch_op.drop_column("kind")
    with op.batch_alter_table("city", schema=None) as batch_op:
        batch_op.drop_column("languages")

    op.drop_table("reviewer_profile")
    with op.batch_alter_table("planned_seat", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_planned_seat_reviewer_id"))

    op.drop_table("planned_seat")
