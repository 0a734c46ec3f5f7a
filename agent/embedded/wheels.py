"""Where the wheels put the servers' programs, found without running the wheels' own code."""

import importlib.util
from pathlib import Path

from domain.errors import UnreachableError


def program(package: str, within: str, *, instead: str) -> Path:
    """A program of an installed package. Raises UnreachableError that names the setting to give `instead`."""
    found = importlib.util.find_spec(package)
    places = found.submodule_search_locations if found else None
    path = Path(places[0]) / within if places else None
    if path is None or not path.exists():
        raise UnreachableError(
            f"the embedded {path.name if path else within} is not installed (package {package}); "
            f"install it, or set {instead}"
        )
    return path
