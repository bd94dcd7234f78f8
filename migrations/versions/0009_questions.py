"""questions to the city, letters to people who are known here, sheets of reviews"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

LETTER = (("person", "user"), ("assessment", "assessment"), ("assignment", "assignment"))


def upgrade() -> None:
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by_id IS NULL)",
            name=op.f("ck_question_answered_by_somebody"),
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (number = 0)", name=op.f("ck_question_answered_means_saved")
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer = '')",
            name=op.f("ck_question_answered_says_something"),
        ),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR answered_at IS NULL",
            name=op.f("ck_question_answered_is_not_withdrawn"),
        ),
        sa.CheckConstraint(
            "changed_at IS NULL OR answered_at IS NOT NULL",
            name=op.f("ck_question_answered_before_changed"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user.id"], name=op.f("fk_question_answered_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_question_assignment_id_assignment")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_question_statement_id_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("key", name=op.f("uq_question_key")),
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_question_assignment_id"), ["assignment_id"], unique=False
        )

    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("kind", sa.String(length=20), nullable=False, server_default="invitation")
        )
        batch_op.alter_column("invitation_id", existing_type=sa.Integer(), nullable=True)
        for name, table in LETTER:
            batch_op.add_column(sa.Column(f"{name}_id", sa.Integer(), nullable=True))
            batch_op.create_foreign_key(
                batch_op.f(f"fk_letter_{name}_id_{table}"), table, [f"{name}_id"], ["id"]
            )
        batch_op.create_index(batch_op.f("ix_letter_person_id"), ["person_id"], unique=False)
        batch_op.create_check_constraint(
            batch_op.f("ck_letter_invitation_names_one"),
            "(kind = 'invitation') = (invitation_id IS NOT NULL)",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_letter_for_somebody"),
            "(invitation_id IS NULL) = (person_id IS NOT NULL)",
        )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.alter_column(
            "kind", existing_type=sa.String(length=20), existing_nullable=False, server_default=None
        )

    with op.batch_alter_table("sheet_upload", schema=None) as batch_op:
        batch_op.add_column(sa.Column("assignment_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_sheet_upload_assignment_id_assignment"),
            "assignment",
            ["assignment_id"],
            ["id"],
        )


def downgrade() -> None:
    op.execute("DELETE FROM sheet_upload WHERE assignment_id IS NOT NULL")
    with op.batch_alter_table("sheet_upload", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_sheet_upload_assignment_id_assignment"), type_="foreignkey"
        )
        batch_op.drop_column("assignment_id")

    op.execute("DELETE FROM letter WHERE invitation_id IS NULL")
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_letter_for_somebody"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_letter_invitation_names_one"), type_="check")
        batch_op.drop_index(batch_op.f("ix_letter_person_id"))
        for name, table in LETTER:
            batch_op.drop_constraint(batch_op.f(f"fk_letter_{name}_id_{table}"), type_="foreignkey")
            batch_op.drop_column(f"{name}_id")
        batch_op.alter_column("invitation_id", existing_type=sa.Integer(), nullable=False)
        batch_op.drop_column("kind")

    op.drop_table("question")
