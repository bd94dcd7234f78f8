"""The Flask extensions, not yet bound to an application."""

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

from models import Base

# Nothing reaches the database before the commit: what a request only reads, it never writes.
# After it the request is as good as over: what it has just stored it need not read again.
db = SQLAlchemy(
    metadata=Base.metadata, session_options={"autoflush": False, "expire_on_commit": False}
)
babel = Babel()
csrf = CSRFProtect()
limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)
login = LoginManager()
migrate = Migrate(render_as_batch=True, compare_type=True)
