"""What YClients sends when it asks us to send, read leniently: two editions of its documentation differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import structlog

from aiadmin.domain.messages.message import LONGEST_TEXT
from aiadmin.domain.messages.phone_numbers import read_phone
from aiadmin.domain.plain_text import shown
from aiadmin.domain.provider.order import Order, Target, is_allowed_callback
from aiadmin.texts import ru

log = structlog.get_logger(__name__)

MOST_TARGETS = 100
_LONGEST_ID, _LONGEST_ECHO, _LONGEST_HOST = 100, 100, 60
_CHANNEL, _DISPATCH = "whatsapp", {"service": False, "adds": True}


class FieldsInvalidError(Exception):
    """Each of `fields` is what the protocol answers for one that is wrong."""

    def __init__(self, fields: Sequence[Mapping[str, str]]) -> None:
        super().__init__()
        self.fields = fields


def read_order(body: Mapping[str, Any], origins: Sequence[str], country: str) -> Order:
    """The order that `body` is. A wrong phone spoils only its own message, all else the whole order.

    Args:
        origins: where statuses may be sent.
        country: where the salon is: its numbers without a country code are of there.

    Raises:
        FieldsInvalidError: with every field that is wrong.
    """
    wrong: dict[str, object] = {}
    targets = _targets(body.get("destination_params"), country)
    text, url = body.get("text"), body.get("delivery_callback_url") or None
    dispatch = body.get("dispatch_type") or "service"
    if targets is None:
        wrong["destination_params"] = None  # not repeated in the answer: it holds phones
    if not isinstance(text, str) or not _is_writable(text):
        wrong["text"] = None
    if (body.get("channel") or _CHANNEL) != _CHANNEL:
        wrong["channel"] = body["channel"]
    if not isinstance(dispatch, str) or dispatch not in _DISPATCH:
        wrong["dispatch_type"] = dispatch
    if url is not None and not (isinstance(url, str) and is_allowed_callback(url, origins)):
        wrong["delivery_callback_url"] = None  # not repeated in the answer: it may hold a token
        log.warning("callback refused", host=_host(url))
    if wrong or targets is None or not isinstance(text, str):
        raise FieldsInvalidError([_wrong(name, value) for name, value in wrong.items()])
    return Order(targets=targets, text=text, is_advert=_DISPATCH[dispatch], callback_url=url)


def _targets(given: object, country: str) -> tuple[Target, ...] | None:
    """A list of messages; also one message, or an object of messages under any names. None for anything else."""
    if isinstance(given, Mapping):
        given = [given] if "phone" in given or "id" in given else list(given.values())
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_TARGETS:
        return None
    found: dict[str, Target] = {}
    for each in given:
        target = _target(each, country)
        if target is None or found.setdefault(target.external_id, target) != target:
            return None  # without a number of its own it could not be answered
    return tuple(found.values())


def _target(given: object, country: str) -> Target | None:
    if not isinstance(given, Mapping):
        return None
    number, phone = given.get("id"), given.get("phone")
    if isinstance(number, bool) or not isinstance(number, int | str):
        return None
    name = str(number)
    if not 1 <= len(name) <= _LONGEST_ID or not name.isprintable():
        return None
    return Target(external_id=name, phone=read_phone(phone, country))


def _is_writable(text: str) -> bool:
    """Whether PostgreSQL and WhatsApp take it: neither knows zeros or halves of characters."""
    return bool(shown(text).strip()) and len(text) <= LONGEST_TEXT and "\0" not in text and _is_utf8(text)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _wrong(name: str, value: object) -> Mapping[str, str]:
    said = value[:_LONGEST_ECHO] if isinstance(value, str) else ""
    return {"field_name": name, "field_value": said, "error_message": ru.PROVIDER_FIELDS[name]}


def _host(url: object) -> str:
    """The host of a refused address, for an operator who may want to allow it."""
    try:
        return (urlsplit(url).hostname or "")[:_LONGEST_HOST] if isinstance(url, str) else ""
    except ValueError:
        return ""
