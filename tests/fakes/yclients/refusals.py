"""How YClients says no."""

from collections.abc import Mapping, Sequence


class RefusedError(Exception):
    """YClients says no, with a status and words, and for a validation error (422) by field."""

    def __init__(self, status: int, message: str, errors: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors


BAD_PHONE, WRONG_CODE, BUSY, BLACKLISTED, NO_NAME, NO_STAFF, OVERLAP, NO_SERVICE = range(431, 439)
BOOKING_WORDS: Mapping[int, str] = {
    BAD_PHONE: "Неверный формат номера телефона",
    WRONG_CODE: "Неверный код подтверждения",
    BUSY: "Выбранное время уже занято или является нерабочим.",
    BLACKLISTED: "Номер телефона находится в чёрном списке",
    NO_NAME: "Не указано имя клиента",
    NO_STAFF: "Нет свободных сотрудников на это время",
    OVERLAP: "Визиты пересекаются между собой",
    NO_SERVICE: "Услуга больше не оказывается",
}
"""YClients' numbers for the reasons why a booking cannot be. Nobody has published its own words for most of them."""


class BookingError(RefusedError):
    """A booking is refused, with YClients' number for the reason and perhaps the appointment's own."""

    def __init__(self, code: int, message: str = "", appointment: int | None = None) -> None:
        super().__init__(403 if code == BLACKLISTED else 422, message or BOOKING_WORDS[code])
        self.code, self.appointment = code, appointment


class InvalidError(RefusedError):
    """What was sent does not fit; names the fields."""

    def __init__(self, **errors: str) -> None:
        super().__init__(422, "Ошибка валидации", {name: [text] for name, text in errors.items()})
