"""`python -m ingest`."""

from __future__ import annotations

from ingest.cli import app
from ingest.commands import run


def main() -> None:
    """Run the command line of ingest."""
    run(app, "python -m ingest")


if __name__ == "__main__":
    main()
