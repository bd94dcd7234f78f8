"""Where the folders outside the package lie: beside it in a checkout, inside it in a wheel."""

from pathlib import Path

HERE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The templates, migrations or translations folder, wherever this copy keeps it."""
    for place in (HERE / name, HERE.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"no {name}/ in or beside {HERE}: the build left it out")
