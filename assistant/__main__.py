"""`python -m assistant`."""

from __future__ import annotations

from assistant.cli import app
from ingest.commands import run


def main() -> None:
    """Run the command line of the assistant."""
    run(app, "python -m assistant")


if __name__ == "__main__":
    main()
