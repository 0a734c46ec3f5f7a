"""`python -m agent.workspace --root FOLDER` serves the folder over standard input and output."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

import anyio

from agent.workspace.folder import Folder
from agent.workspace.server import serve


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="agent.workspace", description=__doc__)
    parser.add_argument("--root", default=os.environ.get("WORKSPACE_DIR"), help="the folder (WORKSPACE_DIR)")
    root = parser.parse_args(argv).root
    if not root:
        parser.error("name the folder with --root or WORKSPACE_DIR")
    with Folder(Path(root).expanduser()) as folder:
        anyio.run(serve(folder).run_stdio_async)


if __name__ == "__main__":
    main()
