"""How YClients says no."""

from collections.abc import Mapping, Sequence


class RefusedError(Exception):
    """YClients says no, with a status and words, and for a validation error (422) by field."""

    def __init__(self, status: int, message: str, errors: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors


class InvalidError(RefusedError):
    """What was sent does not fit; names the fields."""

    def __init__(self, **errors: str) -> None:
        super().__init__(422, "Ошибка валидации", {name: [text] for name, text in errors.items()})
