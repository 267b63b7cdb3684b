"""`python -m serving`: answer on this machine until told to stop; `… ledger` looks after the ledger."""

import sys

import uvicorn

from models.domain.errors import HoldfastError
from serving.app import create_app
from serving.settings import from_environment

REFUSED = 2


def main() -> None:
    """Serve, or run a command of the ledger; a `HoldfastError` is printed and exits 2."""
    try:
        settings = from_environment()
        if sys.argv[1:2] == ["ledger"]:
            # Migrations bring seconds of imports, which a server need not wait for.
            from serving.ledger import commands  # noqa: PLC0415

            sys.exit(commands.run(settings.ledger_url, sys.argv[2:]))
        app = create_app(settings)
    except HoldfastError as error:
        sys.stderr.write(f"{type(error).__name__}: {error.message}\n")
        sys.exit(REFUSED)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,  # paths carry customer ids
        proxy_headers=False,  # a header must not make a stranger look local
        server_header=False,
    )


if __name__ == "__main__":
    main()
