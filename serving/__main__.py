"""`python -m serving`: answer until told to stop; `… ledger`, `… keys`, `… doctor` look after a server."""

import sys
from collections.abc import Callable, Mapping, Sequence

import uvicorn
from fastapi import FastAPI

from models.domain.errors import HoldfastError, InvalidSetting, one_of
from serving.app import create_app, system_clock
from serving.openapi import written
from serving.operation.connections import patient_for
from serving.operation.logs import log_as_json
from serving.operation.memory import keep_little
from serving.settings import Settings, from_environment

REFUSED = 2


def main() -> None:
    """Serve, or run a command; a `HoldfastError` is printed and exits 2."""
    try:
        settings = from_environment()
        name, *rest = sys.argv[1:] or [""]
        if name not in COMMANDS:
            raise InvalidSetting("this is no command of the server", allowed=one_of(COMMANDS), given=name)
        code = COMMANDS[name](settings, rest)
    except HoldfastError as error:
        sys.stderr.write(f"{type(error).__name__}: {error.message}\n")
        sys.exit(REFUSED)
    sys.exit(code)


def _serve(settings: Settings, words: Sequence[str]) -> int:
    if words:
        raise InvalidSetting("the server takes no words", given=" ".join(words))
    keep_little()
    app = create_app(settings)
    log_as_json()
    app.state.refused = None
    try:
        _answer(app, settings)
    except SystemExit:
        if app.state.refused is not None:
            raise app.state.refused from None
        raise
    return 0


def _answer(app: FastAPI, settings: Settings) -> None:
    """Answer until told to stop. Raises `SystemExit` where the application refuses to start."""
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        http=patient_for(settings.header_seconds),
        ws="none",
        log_config=None,
        access_log=False,  # paths carry customer ids
        proxy_headers=False,  # a header must not make a stranger look local
        server_header=False,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )


def _ledger(settings: Settings, words: Sequence[str]) -> int:
    # Migrations bring seconds of imports, which a server need not wait for.
    from serving.ledger import commands  # noqa: PLC0415

    return commands.run(settings.ledger_url, words)


def _keys(settings: Settings, words: Sequence[str]) -> int:
    from serving.access import commands  # noqa: PLC0415 # only for whoever makes keys

    return commands.run(settings.keys_url, words, system_clock())


def _export(settings: Settings, words: Sequence[str]) -> int:
    from serving.store import commands  # noqa: PLC0415 # only for whoever exports

    return commands.export(settings.store_url, words)


def _load(settings: Settings, words: Sequence[str]) -> int:
    from serving.store import commands  # noqa: PLC0415 # only for whoever loads

    return commands.load(settings.serving_dir, words)


def _doctor(settings: Settings, words: Sequence[str]) -> int:
    from serving import doctor  # noqa: PLC0415 # only for whoever is ill

    if words:
        raise InvalidSetting("the doctor takes no words", given=" ".join(words))
    return doctor.run(settings, system_clock())


def _openapi(settings: Settings, words: Sequence[str]) -> int:
    if words:
        raise InvalidSetting("the document goes to standard output", given=" ".join(words))
    sys.stdout.write(written(create_app(settings)))
    return 0


COMMANDS: Mapping[str, Callable[[Settings, Sequence[str]], int]] = {
    "": _serve,
    "ledger": _ledger,
    "keys": _keys,
    "export": _export,
    "load": _load,
    "doctor": _doctor,
    "openapi": _openapi,
}

if __name__ == "__main__":
    main()
