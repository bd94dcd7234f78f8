"""reports, plans and the calibration case"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BEFORE = ("answer", "score", "agreed_level")
ADDED = ("report_section", "finding", "reply", "plan_item", "calibration_score")


def upgrade() -> None:
    op.create_table(
        "calibration_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_calibration_case_hash_is_sha256")),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["user.id"], name=op.f("fk_calibration_case_opened_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_calibration_case_round_id_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_case")),
        sa.UniqueConstraint("round_id", name=op.f("uq_calibration_case_round_id")),
    )
    op.create_table(
        "calibration_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["calibration_case.id"],
            name=op.f("fk_calibration_review_case_id_calibration_case"),
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["user.id"], name=op.f("fk_calibration_review_reviewer_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_review")),
        sa.UniqueConstraint(
            "case_id", "reviewer_id", name=op.f("uq_calibration_review_case_id_reviewer_id")
        ),
    )
    with op.batch_alter_table("calibration_review", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_calibration_review_reviewer_id"), ["reviewer_id"], unique=False
        )

    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("reply_signed_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "drafting",
                "with_city",
                "final",
                "published",
                name="reportstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("correction_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'drafting') = (sent_at IS NULL)",
            name=op.f("ck_report_whoever_has_it_was_sent_it"),
        ),
        sa.CheckConstraint(
            "correction_reason = '' OR state = 'published'",
            name=op.f("ck_report_only_published_is_corrected"),
        ),
        sa.CheckConstraint(
            "(reply_signed_at IS NULL) = (reply_signed_by_id IS NULL)",
            name=op.f("ck_report_signed_by_somebody"),
        ),
        sa.CheckConstraint(
            "(sent_at IS NULL) = (reply_due IS NULL)", name=op.f("ck_report_a_reply_has_a_date")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_report_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(
            ["reply_signed_by_id"], ["user.id"], name=op.f("fk_report_reply_signed_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("assessment_id", name=op.f("uq_report_assessment_id")),
    )
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_approval_by_id_user")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_approval_report_id_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint(
            "report_id", "edition", "by_id", name=op.f("uq_approval_report_id_edition_by_id")
        ),
    )
    op.create_table(
        "calibration_score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("statement", sa.String(length=20), nullable=False),
        sa.Column("mark", sa.String(length=24), nullable=False),
        sa.Column("justification", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["user.id"], name=op.f("fk_calibration_score_changed_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["calibration_review.id"],
            name=op.f("fk_calibration_score_review_id_calibration_review"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_score")),
        sa.UniqueConstraint(
            "review_id", "statement", name=op.f("uq_calibration_score_review_id_statement")
        ),
    )
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(number = 1) = (reason = '')", name=op.f("ck_edition_a_correction_has_its_reason")
        ),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_edition_hash_is_sha256")),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["user.id"], name=op.f("fk_edition_published_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_edition_report_id_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("report_id", "number", name=op.f("uq_edition_report_id_number")),
    )
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("statement", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("priority", sa.String(length=10), nullable=False),
        sa.Column("addressee", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("place >= 1", name=op.f("ck_finding_places_start_at_one")),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["user.id"], name=op.f("fk_finding_changed_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_finding_report_id_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("report_id", "place", name=op.f("uq_finding_report_id_place")),
    )
    op.create_table(
        "report_section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column(
            "block",
            sa.Enum(
                "introduction",
                "self-assessment",
                "findings",
                "challenges",
                name="block",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(role = '') = (block = 'introduction')",
            name=op.f("ck_report_section_a_block_has_its_role"),
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["user.id"], name=op.f("fk_report_section_changed_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_section_report_id_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_section")),
        sa.UniqueConstraint(
            "report_id", "role", "block", name=op.f("uq_report_section_report_id_role_block")
        ),
    )
    op.create_table(
        "plan_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("response", sa.String(length=20), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("due", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["user.id"], name=op.f("fk_plan_item_changed_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_plan_item_finding_id_finding")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_item")),
        sa.UniqueConstraint("finding_id", name=op.f("uq_plan_item_finding_id")),
    )
    op.create_table(
        "reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "answer",
            sa.Enum(
                "accept",
                "keep",
                "reword",
                name="peersanswer",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("answer_text", sa.Text(), nullable=False),
        sa.Column("reworded", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(reworded <> '') = (answer IS NOT NULL AND answer = 'reword')",
            name=op.f("ck_reply_reworded_has_its_words"),
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_reply_answered_is_dated")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user.id"], name=op.f("fk_reply_answered_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["user.id"], name=op.f("fk_reply_changed_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_reply_finding_id_finding")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        sa.UniqueConstraint("finding_id", name=op.f("uq_reply_finding_id")),
    )
    op.create_table(
        "plan_update",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_item_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "not-begun",
                "under-way",
                "done",
                "dropped",
                name="planstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_plan_update_by_id_user")),
        sa.ForeignKeyConstraint(
            ["plan_item_id"], ["plan_item.id"], name=op.f("fk_plan_update_plan_item_id_plan_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_update")),
    )
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("report_section_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("finding_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reply_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("plan_item_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("calibration_score_id", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_revision_calibration_score_id_number"),
            ["calibration_score_id", "number"],
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_revision_finding_id_number"), ["finding_id", "number"]
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_revision_plan_item_id_number"), ["plan_item_id", "number"]
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_revision_reply_id_number"), ["reply_id", "number"]
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_revision_report_section_id_number"), ["report_section_id", "number"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_revision_reply_id_reply"), "reply", ["reply_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_revision_finding_id_finding"), "finding", ["finding_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_revision_report_section_id_report_section"),
            "report_section",
            ["report_section_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_revision_plan_item_id_plan_item"), "plan_item", ["plan_item_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_revision_calibration_score_id_calibration_score"),
            "calibration_score",
            ["calibration_score_id"],
            ["id"],
        )
        batch_op.drop_constraint(batch_op.f("ck_revision_of_exactly_one_thing"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_revision_of_exactly_one_thing"), _exactly_one(*BEFORE, *ADDED)
        )


def downgrade() -> None:
    for one in ADDED:
        op.execute(f"DELETE FROM revision WHERE {one}_id IS NOT NULL")  # noqa: S608

    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_revision_of_exactly_one_thing"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_revision_of_exactly_one_thing"), _exactly_one(*BEFORE)
        )
        batch_op.drop_constraint(
            batch_op.f("fk_revision_calibration_score_id_calibration_score"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_revision_plan_item_id_plan_item"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_revision_report_section_id_report_section"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("fk_revision_finding_id_finding"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_revision_reply_id_reply"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_revision_report_section_id_number"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_revision_reply_id_number"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_revision_plan_item_id_number"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_revision_finding_id_number"), type_="unique")
        batch_op.drop_constraint(
            batch_op.f("uq_revision_calibration_score_id_number"), type_="unique"
        )
        batch_op.drop_column("calibration_score_id")
        batch_op.drop_column("plan_item_id")
        batch_op.drop_column("reply_id")
        batch_op.drop_column("finding_id")
        batch_op.drop_column("report_section_id")

    op.drop_table("plan_update")
    op.drop_table("reply")
    op.drop_table("plan_item")
    op.drop_table("report_section")
    op.drop_table("finding")
    op.drop_table("edition")
    op.drop_table("calibration_score")
    op.drop_table("approval")
    op.drop_table("report")
    with op.batch_alter_table("calibration_review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calibration_review_reviewer_id"))

    op.drop_table("calibration_review")
    op.drop_table("calibration_case")


def _exactly_one(*owners: str) -> str:
    return " + ".join(f"(CASE WHEN {one}_id IS NULL THEN 0 ELSE 1 END)" for one in owners) + " = 1"
