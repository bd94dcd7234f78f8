"""The program `cityreview`: its commands, and what it says when it cannot start."""

from __future__ import annotations

from flask import Flask
from flask.cli import FlaskGroup, NoAppException, routes_command

from config import WrongSetting
from webapp import create_app
from webapp.commands import COMMANDS


def _application() -> Flask:
    try:
        return create_app()
    except WrongSetting as wrong:
        raise NoAppException(f"{wrong}.") from wrong


class Program(FlaskGroup):
    """Flask's group without its development server, its own options and its .env files."""

    def __init__(self) -> None:
        super().__init__(
            name="cityreview",
            help="Cities assess themselves, peers review them, a network compares.",
            create_app=_application,
            add_default_commands=False,
            add_version_option=False,
            load_dotenv=False,
            set_debug_flag=False,
        )
        # Environment variables of options are named one by one, never guessed from FLASK_.
        self.context_settings.pop("auto_envvar_prefix")
        self.params = []
        for command in (*COMMANDS, routes_command):
            self.add_command(command)


def main() -> None:
    """Run the program."""
    Program().main(prog_name="cityreview")
