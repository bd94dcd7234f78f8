"""scores after the visit, confidence, verdicts on evidence, blind rounds"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("round") as table:
        table.add_column(
            sa.Column("blind", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("round") as table:
        table.alter_column("blind", existing_type=sa.Boolean(), server_default=None)

    with op.batch_alter_table("score") as table:
        for name, kind in _ADDED:
            table.add_column(sa.Column(name, kind, nullable=False, server_default=""))
    with op.batch_alter_table("score") as table:
        for name, kind in _ADDED:
            table.alter_column(name, existing_type=kind, server_default=None)
        table.create_check_constraint(
            op.f("ck_score_confidence_is_known"), "confidence IN ('', 'low', 'medium', 'high')"
        )

    op.create_table(
        "evidence_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column(
            "sufficiency",
            sa.Enum(
                "sufficient",
                "partly",
                "not-found",
                name="sufficiency",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_evidence_verdict_assignment_id_assignment"),
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_verdict_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statement.id"],
            name=op.f("fk_evidence_verdict_statement_id_statement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_verdict")),
        sa.UniqueConstraint(
            "assignment_id",
            "statement_id",
            "evidence_id",
            name=op.f("uq_evidence_verdict_assignment_id_statement_id_evidence_id"),
        ),
    )


def downgrade() -> None:
    op.drop_table("evidence_verdict")
    with op.batch_alter_table("score") as table:
        table.drop_constraint(op.f("ck_score_confidence_is_known"), type_="check")
        for name, _ in reversed(_ADDED):
            table.drop_column(name)
    with op.batch_alter_table("round") as table:
        table.drop_column("blind")


_ADDED = (
    ("visit_mark", sa.String(length=24)),
    ("visit_justification", sa.Text()),
    ("confidence", sa.String(length=8)),
)
