"""The web application: HTTP, pages and forms, and nothing of the rules behind them."""

from __future__ import annotations

import logging

from flask import Flask

from config import Settings
from webapp import database, errors, filters, guard, rendering, security
from webapp.converters import CONVERTERS
from webapp.extensions import babel, csrf, db, limiter, login, migrate
from webapp.paths import folder


def create_app(settings: Settings | None = None) -> Flask:
    """The application, wired in reading order. Without settings they come from the environment."""
    settings = settings or Settings.from_environment()
    app = Flask(__name__, template_folder=None)
    _configure(app, settings)
    app.url_map.converters.update(CONVERTERS)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(folder("migrations")))
    babel.init_app(app)
    csrf.init_app(app)
    login.init_app(app)
    limiter.init_app(app)
    app.before_request(guard.refuse_unguarded)
    errors.register(app)
    filters.register(app)
    security.register(app)
    rendering.prepare_templates(app)
    _register_areas(app)
    _register_commands(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    host_only = "__Host-" if settings.cookie_secure else ""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(settings.database_url),
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        MAX_CONTENT_LENGTH=settings.form_limit,
        MAX_FORM_MEMORY_SIZE=settings.form_limit,
        FORM_LIMIT=settings.form_limit,
        WORKBOOK_LIMIT=settings.workbook_limit + settings.form_limit,
        EVIDENCE_LIMIT=settings.evidence_limit + settings.form_limit,
        EVIDENCE_FILE_LIMIT=settings.evidence_limit,
        EVIDENCE_QUOTA=settings.evidence_quota,
        EVIDENCE_FOLDER=settings.evidence_folder,
        EVIDENCE_BUCKET=settings.evidence_bucket,
        CLAMD_ADDRESS=settings.clamd_address,
        SIGN_IN_LIFETIME=settings.sign_in_lifetime,
        SIGN_IN_RATE=settings.sign_in_rate,
        PUBLICATION_APPROVERS=settings.publication_approvers,
        QUEUE=settings.queue,
        QUEUE_FILE=settings.queue_file,
        DEMONSTRATION=settings.demonstration,
        ADDRESS=settings.address,
        MAIL_SERVER=settings.mail_server,
        TESTING=settings.testing,
        SESSION_COOKIE_NAME=f"{host_only}cityreview",
        SESSION_COOKIE_SECURE=settings.cookie_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # Our guard checks the token after it knows who asks, so that a person whose sign-in
        # has ended is told so instead of being told that the form was wrong.
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_TIMEZONE="Europe/Brussels",
        PROVIDE_AUTOMATIC_OPTIONS=False,
        JSON_SORT_KEYS=False,
    )
    login.session_protection = None
    if settings.demonstration:
        app.logger.setLevel(logging.INFO)


def _register_areas(app: Flask) -> None:
    from webapp.accounts.views import blueprint as accounts
    from webapp.assessments.views import blueprint as assessments
    from webapp.assigning.views import blueprint as assigning
    from webapp.calibration.views import blueprint as calibration
    from webapp.carrying.views import blueprint as carrying
    from webapp.city_benchmarks.views import blueprint as city_benchmarks
    from webapp.colleagues.views import blueprint as colleagues
    from webapp.consensus.views import blueprint as consensus
    from webapp.consents.views import blueprint as consents
    from webapp.dashboards.views import blueprint as dashboards
    from webapp.evidence.views import blueprint as evidence
    from webapp.home.views import blueprint as home
    from webapp.instruments.views import blueprint as instruments
    from webapp.notes.views import blueprint as notes
    from webapp.plans.views import blueprint as plans
    from webapp.pool.views import blueprint as pool
    from webapp.presence.views import blueprint as presence
    from webapp.printouts.views import blueprint as printouts
    from webapp.publishing.views import blueprint as publishing
    from webapp.questions.views import blueprint as questions
    from webapp.replies.views import blueprint as replies
    from webapp.reports.views import blueprint as reports
    from webapp.results.views import blueprint as results
    from webapp.review_workbooks.views import blueprint as review_workbooks
    from webapp.reviewing.views import blueprint as reviewing
    from webapp.rounds.views import blueprint as rounds
    from webapp.snapshots.views import blueprint as snapshots
    from webapp.versions.views import blueprint as versions
    from webapp.visits.views import blueprint as visits
    from webapp.workbooks.views import blueprint as workbooks

    for area in (
        home,
        accounts,
        instruments,
        rounds,
        assigning,
        pool,
        calibration,
        assessments,
        carrying,
        versions,
        colleagues,
        notes,
        presence,
        evidence,
        workbooks,
        reviewing,
        questions,
        review_workbooks,
        visits,
        consensus,
        dashboards,
        city_benchmarks,
        snapshots,
        consents,
        replies,
        plans,
        reports,
        publishing,
        printouts,
        results,
    ):
        app.register_blueprint(area)


def _register_commands(app: Flask) -> None:
    from webapp.commands import register

    register(app)
