"""evidence library: evidence belongs to a city and has versions, each use its pointer and claim"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DOCUMENT_KINDS = (
    "law",
    "plan",
    "report",
    "statistics",
    "budget",
    "minutes",
    "web-page",
    "photo",
    "other",
)
A_FILE = "(kind = 'file') = (stored_as IS NOT NULL AND sha256 IS NOT NULL AND size IS NOT NULL AND file_name IS NOT NULL AND media_type IS NOT NULL)"
A_LINK = "(kind = 'link') = (address IS NOT NULL)"
OF_A_VERSION = (
    "kind",
    "added_by_id",
    "added_at",
    "address",
    "file_name",
    "media_type",
    "size",
    "sha256",
    "stored_as",
)


def words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def columns_of_a_version(*, nullable: bool) -> list[sa.Column]:
    return [
        sa.Column("kind", words("evidencekind", "link", "file"), nullable=nullable),
        sa.Column("added_by_id", sa.Integer(), nullable=nullable),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=nullable),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("file_name", sa.String(length=255), nullable=True),
        sa.Column("media_type", sa.String(length=120), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("stored_as", sa.String(length=64), nullable=True),
    ]


def upgrade() -> None:
    op.create_table(
        "evidence_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *columns_of_a_version(nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_evidence_version_numbers_start_at_one")),
        sa.CheckConstraint(A_LINK, name=op.f("ck_evidence_version_a_link_has_an_address")),
        sa.CheckConstraint(A_FILE, name=op.f("ck_evidence_version_a_file_has_its_facts")),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_version_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["user.id"], name=op.f("fk_evidence_version_added_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_version")),
        sa.UniqueConstraint(
            "evidence_id", "number", name=op.f("uq_evidence_version_evidence_id_number")
        ),
        sa.UniqueConstraint("stored_as", name=op.f("uq_evidence_version_stored_as")),
    )
    with op.batch_alter_table("evidence_version") as table:
        table.create_index(op.f("ix_evidence_version_sha256"), ["sha256"])
    facts = ", ".join(OF_A_VERSION)
    op.execute(
        f"INSERT INTO evidence_version (evidence_id, number, {facts})"  # noqa: S608
        f" SELECT id, 1, {facts} FROM evidence ORDER BY id"
    )

    with op.batch_alter_table("citation") as table:
        table.add_column(sa.Column("assessment_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("claim", sa.Text(), nullable=False, server_default=""))
    op.execute(
        "UPDATE citation SET assessment_id ="
        " (SELECT assessment_id FROM evidence WHERE evidence.id = citation.evidence_id)"
    )
    with op.batch_alter_table("citation") as table:
        table.alter_column("assessment_id", existing_type=sa.Integer(), nullable=False)
        table.alter_column("claim", existing_type=sa.Text(), server_default=None)
        table.create_foreign_key(
            op.f("fk_citation_assessment_id_assessment"), "assessment", ["assessment_id"], ["id"]
        )
        table.drop_constraint(op.f("uq_citation_evidence_id_statement_id"), type_="unique")
        table.create_index(
            "ix_citation_assessment_id_statement_id", ["assessment_id", "statement_id"]
        )
        table.create_index(
            "uq_citation_evidence_id_assessment_id_statement_id",
            ["evidence_id", "assessment_id", "statement_id"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    with op.batch_alter_table("evidence") as table:
        table.add_column(sa.Column("city_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("number", sa.Integer(), nullable=True))
        table.add_column(
            sa.Column("document_kind", sa.String(length=32), nullable=False, server_default="other")
        )
        table.add_column(
            sa.Column("language", sa.String(length=8), nullable=False, server_default="")
        )
        table.add_column(sa.Column("abstract", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("valid_until", sa.Date(), nullable=True))
        table.add_column(
            sa.Column(
                "confidentiality", sa.String(length=32), nullable=False, server_default="reviewers"
            )
        )
        table.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE evidence SET city_id = (SELECT city_id FROM assessment WHERE assessment.id = evidence.assessment_id)"
    )
    op.execute(
        "UPDATE evidence SET number = (SELECT count(*) FROM evidence AS earlier"
        " WHERE earlier.city_id = evidence.city_id AND earlier.id <= evidence.id)"
    )
    op.execute("UPDATE evidence SET document_kind = 'web-page' WHERE kind = 'link'")
    with op.batch_alter_table("evidence") as table:
        for name in ("a_file_has_its_facts", "a_link_has_an_address", "evidencekind"):
            table.drop_constraint(op.f(f"ck_evidence_{name}"), type_="check")
        table.drop_constraint(op.f("fk_evidence_added_by_id_user"), type_="foreignkey")
        table.drop_constraint(op.f("fk_evidence_assessment_id_assessment"), type_="foreignkey")
        table.drop_constraint(op.f("uq_evidence_stored_as"), type_="unique")
        table.drop_index(op.f("ix_evidence_assessment_id"))
        for name in ("assessment_id", *OF_A_VERSION):
            table.drop_column(name)
        table.alter_column("city_id", existing_type=sa.Integer(), nullable=False)
        table.alter_column("number", existing_type=sa.Integer(), nullable=False)
        table.alter_column(
            "document_kind",
            existing_type=sa.String(length=32),
            type_=words("documentkind", *DOCUMENT_KINDS),
            server_default=None,
        )
        table.alter_column(
            "confidentiality",
            existing_type=sa.String(length=32),
            type_=words("confidentiality", "city", "reviewers", "public"),
            server_default=None,
        )
        table.alter_column("language", existing_type=sa.String(length=8), server_default=None)
        table.alter_column("abstract", existing_type=sa.Text(), server_default=None)
        table.create_foreign_key(op.f("fk_evidence_city_id_city"), "city", ["city_id"], ["id"])
        table.create_unique_constraint(op.f("uq_evidence_city_id_number"), ["city_id", "number"])
        table.create_check_constraint(op.f("ck_evidence_numbers_start_at_one"), "number >= 1")


def downgrade() -> None:
    """Go back to evidence of one assessment.

    There is no place for earlier versions, for facts beside the title, and for uses in more
    than one round; the latest version and the uses in the first round stay.
    """
    with op.batch_alter_table("evidence") as table:
        table.add_column(sa.Column("assessment_id", sa.Integer(), nullable=True))
        for column in columns_of_a_version(nullable=True):
            table.add_column(column)
    op.execute(
        "UPDATE evidence SET assessment_id = COALESCE("
        " (SELECT min(assessment_id) FROM citation WHERE citation.evidence_id = evidence.id),"
        " (SELECT max(id) FROM assessment WHERE assessment.city_id = evidence.city_id))"
    )
    latest = (
        " FROM evidence_version WHERE evidence_version.evidence_id = evidence.id AND number ="
        " (SELECT max(number) FROM evidence_version WHERE evidence_version.evidence_id = evidence.id)"
    )
    for name in OF_A_VERSION:
        op.execute(f"UPDATE evidence SET {name} = (SELECT evidence_version.{name}{latest})")  # noqa: S608
    op.execute(
        "DELETE FROM citation WHERE assessment_id <>"
        " (SELECT assessment_id FROM evidence WHERE evidence.id = citation.evidence_id)"
    )
    op.execute(
        "DELETE FROM citation WHERE EXISTS (SELECT 1 FROM citation AS other"
        " WHERE other.evidence_id = citation.evidence_id AND other.statement_id = citation.statement_id"
        " AND other.id <> citation.id AND (other.withdrawn_at IS NULL OR"
        " (citation.withdrawn_at IS NOT NULL AND other.id > citation.id)))"
    )
    op.drop_table("evidence_version")
    with op.batch_alter_table("citation") as table:
        table.drop_index("uq_citation_evidence_id_assessment_id_statement_id")
        table.drop_index("ix_citation_assessment_id_statement_id")
        table.drop_constraint(op.f("fk_citation_assessment_id_assessment"), type_="foreignkey")
        table.drop_column("assessment_id")
        table.drop_column("claim")
        table.create_unique_constraint(
            op.f("uq_citation_evidence_id_statement_id"), ["evidence_id", "statement_id"]
        )
    # Evidence of a city that takes part in no round has nothing to belong to.
    op.execute("DELETE FROM evidence WHERE assessment_id IS NULL")
    with op.batch_alter_table("evidence") as table:
        for name in ("numbers_start_at_one", "documentkind", "confidentiality"):
            table.drop_constraint(op.f(f"ck_evidence_{name}"), type_="check")
        table.drop_constraint(op.f("fk_evidence_city_id_city"), type_="foreignkey")
        table.drop_constraint(op.f("uq_evidence_city_id_number"), type_="unique")
        for name in (
            "city_id",
            "number",
            "document_kind",
            "language",
            "abstract",
            "valid_until",
            "confidentiality",
            "withdrawn_at",
        ):
            table.drop_column(name)
        for name, kind in (
            ("assessment_id", sa.Integer()),
            ("added_by_id", sa.Integer()),
            ("added_at", sa.DateTime(timezone=True)),
            ("kind", sa.String(length=32)),
        ):
            table.alter_column(name, existing_type=kind, nullable=False)
        table.create_check_constraint(op.f("ck_evidence_a_link_has_an_address"), A_LINK)
        table.create_check_constraint(op.f("ck_evidence_a_file_has_its_facts"), A_FILE)
        table.create_foreign_key(
            op.f("fk_evidence_added_by_id_user"), "user", ["added_by_id"], ["id"]
        )
        table.create_foreign_key(
            op.f("fk_evidence_assessment_id_assessment"), "assessment", ["assessment_id"], ["id"]
        )
        table.create_unique_constraint(op.f("uq_evidence_stored_as"), ["stored_as"])
        table.create_index(op.f("ix_evidence_assessment_id"), ["assessment_id"])
