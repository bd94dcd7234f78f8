"""Settings of evidence: a bucket needs its key, a quota is a number, a scanner has a place."""

from __future__ import annotations

import pytest

from config import Bucket, Settings, WrongSetting

GIVEN = {"CITYREVIEW_SECRET_KEY": "k" * 40, "CITYREVIEW_DATABASE_URL": "sqlite://"}
KEY = {"CITYREVIEW_S3_KEY_ID": "id", "CITYREVIEW_S3_SECRET": "secret"}


def test_evidence_lies_in_a_folder_by_default():
    settings = Settings.from_environment(GIVEN)

    assert (settings.evidence_bucket, settings.evidence_quota) == (None, 500_000_000)
    assert settings.clamd_address == ""


def test_a_bucket_is_read_with_its_key_and_its_place():
    rest = {
        "CITYREVIEW_S3_BUCKET": "evidence",
        "CITYREVIEW_S3_ENDPOINT": "https://minio.example.org",
        "CITYREVIEW_S3_REGION": "eu-west-1",
        "CITYREVIEW_EVIDENCE_QUOTA_MB": "250",
        "CITYREVIEW_CLAMD_ADDRESS": "/run/clamav/clamd.ctl",
    }

    settings = Settings.from_environment(GIVEN | KEY | rest)

    assert settings.evidence_bucket == Bucket(
        "evidence", "id", "secret", "https://minio.example.org", "eu-west-1"
    )
    assert settings.evidence_quota == 250_000_000
    assert settings.clamd_address == "/run/clamav/clamd.ctl"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"CITYREVIEW_S3_BUCKET": "evidence"}, "CITYREVIEW_S3_KEY_ID"),
        (
            {"CITYREVIEW_S3_BUCKET": "evidence", "CITYREVIEW_S3_KEY_ID": "id"},
            "CITYREVIEW_S3_SECRET",
        ),
        ({"CITYREVIEW_EVIDENCE_QUOTA_MB": "much"}, "CITYREVIEW_EVIDENCE_QUOTA_MB"),
        ({"CITYREVIEW_EVIDENCE_QUOTA_MB": "0"}, "CITYREVIEW_EVIDENCE_QUOTA_MB"),
        ({"CITYREVIEW_CLAMD_ADDRESS": "nonsense"}, "CITYREVIEW_CLAMD_ADDRESS"),
    ],
)
def test_a_wrong_setting_is_named(wrong, named):
    with pytest.raises(WrongSetting, match=named):
        Settings.from_environment(GIVEN | wrong)
