"""`python -m assistant`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line of the assistant."""
    try:
        # Loading takes long enough for somebody to stop it.
        from assistant.cli import app
        from ingest.commands import run

        run(app, "python -m assistant")
    except KeyboardInterrupt:
        print("error: stopped; run the same command again to go on", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
