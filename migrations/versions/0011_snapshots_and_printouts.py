"""snapshots and printouts"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("input", sa.LargeBinary(), nullable=False),
        sa.Column("input_sha256", sa.String(length=64), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.Column("result_sha256", sa.String(length=64), nullable=False),
        sa.Column("method_version", sa.String(length=20), nullable=False),
        sa.Column("cities", sa.JSON(), nullable=False),
        sa.Column("named", sa.JSON(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(number = 1) = (reason = '')", name=op.f("ck_snapshot_a_further_one_has_its_reason")
        ),
        sa.CheckConstraint(
            "length(input_sha256) = 64", name=op.f("ck_snapshot_input_hash_is_sha256")
        ),
        sa.CheckConstraint(
            "length(result_sha256) = 64", name=op.f("ck_snapshot_result_hash_is_sha256")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_snapshot_numbers_start_at_one")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_snapshot_round_id_round")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["user.id"], name=op.f("fk_snapshot_taken_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_snapshot_round_id_number")),
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column(
            "choice",
            sa.Enum(
                "named",
                "group",
                name="consentchoice",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_consent_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_consent_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_consent_assessment_id"), ["assessment_id"], unique=False
        )

    op.create_table(
        "printout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "city-report",
                "brief",
                "comparative",
                "workbook",
                "data-package",
                name="printoutkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "making",
                "ready",
                "failed",
                name="printoutstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(kind IN ('city-report', 'brief')) = (assessment_id IS NOT NULL)",
            name=op.f("ck_printout_about_a_city_or_a_round"),
        ),
        sa.CheckConstraint(
            "(state = 'failed') = (failure <> '')", name=op.f("ck_printout_failed_says_why")
        ),
        sa.CheckConstraint(
            "(state = 'ready') = (made_at IS NOT NULL AND content IS NOT NULL AND sha256 <> '')",
            name=op.f("ck_printout_ready_has_its_file"),
        ),
        sa.CheckConstraint(
            "progress BETWEEN 0 AND 100", name=op.f("ck_printout_progress_is_in_percent")
        ),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_printout_tries_are_counted")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user.id"], name=op.f("fk_printout_asked_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_printout_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_printout_snapshot_id_snapshot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printout")),
    )
    with op.batch_alter_table("printout", schema=None) as batch_op:
        batch_op.create_index("ix_printout_snapshot_id_kind", ["snapshot_id", "kind"], unique=False)

    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("released_by_id", sa.Integer(), nullable=False),
        sa.Column("called_off_by_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("public_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(called_off_at IS NULL) = (called_off_by_id IS NULL)",
            name=op.f("ck_release_called_off_by_somebody"),
        ),
        sa.CheckConstraint(
            "called_off_at IS NULL OR called_off_at < public_from",
            name=op.f("ck_release_what_is_public_is_not_called_off"),
        ),
        sa.CheckConstraint(
            "released_at <= public_from", name=op.f("ck_release_not_public_before_it_is_released")
        ),
        sa.ForeignKeyConstraint(
            ["called_off_by_id"], ["user.id"], name=op.f("fk_release_called_off_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["released_by_id"], ["user.id"], name=op.f("fk_release_released_by_id_user")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_release_round_id_round")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_release_snapshot_id_snapshot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_release_round_id_number")),
    )
    op.create_table(
        "release_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_release_approval_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_release_approval_snapshot_id_snapshot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_approval")),
        sa.UniqueConstraint(
            "snapshot_id", "by_id", name=op.f("uq_release_approval_snapshot_id_by_id")
        ),
    )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.add_column(sa.Column("printout_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_letter_printout_id_printout"), "printout", ["printout_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_letter_printout_id_printout"), type_="foreignkey")
        batch_op.drop_column("printout_id")

    op.drop_table("release_approval")
    op.drop_table("release")
    with op.batch_alter_table("printout", schema=None) as batch_op:
        batch_op.drop_index("ix_printout_snapshot_id_kind")

    op.drop_table("printout")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_assessment_id"))

    op.drop_table("consent")
    op.drop_table("snapshot")
