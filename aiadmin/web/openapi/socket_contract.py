"""The contract of the Socket.IO namespace `/marketplace` as data, for the API's document and its readers.

OpenAPI has no words for events, so the document carries it as the extension `x-socket.io`. A test holds it to what
`page_events` emits and `sockets` takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiadmin.adapters.sockets.page_events import NAMESPACE
from aiadmin.domain.pairing.attempt import FAILURES
from aiadmin.texts import ru
from aiadmin.web.openapi.json_schema import Node

_SECONDS: Node = {"type": "integer", "minimum": 1, "description": "Сколько секунд код ещё действует"}


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event.

    Attributes:
        fields: JSON Schema of each field of its one argument, an object.
        optional: the fields that may be left out.
    """

    name: str
    summary: str
    fields: Mapping[str, Node]
    optional: frozenset[str] = frozenset()

    def described(self) -> Node:
        """As the document shows it."""
        needed = [name for name in self.fields if name not in self.optional]
        schema: Node = {"type": "object", "properties": dict(self.fields), "additionalProperties": False}
        return {
            "name": self.name,
            "summary": self.summary,
            "schema": schema | ({"required": needed} if needed else {}),
        }


FROM_SERVER = (
    Event(
        name="qr-update",
        summary="Новый QR-код или прежний с оставшимся временем. Первый код серии живёт 60 секунд, следующие по 20. "
        "Новый код приходит дважды: сразу без картинки, и через мгновение с ней.",
        fields={
            "qr": {"type": "string", "description": "Содержимое QR-кода", "examples": ["https://wa.me/settings/..."]},
            "expiresIn": _SECONDS | {"examples": [20]},
            "svg": {"type": "string", "description": "Готовая картинка", "examples": ["<svg ...>"]},
        },
        optional=frozenset({"svg"}),
    ),
    Event(
        name="whatsapp-connected",
        summary="Телефон подключён. Приходит и при каждом следующем открытии страницы.",
        fields={
            "success": {"const": True},
            "phone": {"type": "string", "examples": ["79001234567"]},
            "companyId": {"type": "integer", "minimum": 1, "examples": [1]},
            "message": {"type": "string", "examples": [ru.CONNECTED]},
        },
    ),
    Event(
        name="error",
        summary="Что не получилось. После отказа (ссылка, лимит подключений) сервер сразу закрывает соединение; "
        f"неудача самого подключения ({', '.join(sorted(FAILURES))}) его не закрывает.",
        fields={
            "message": {"type": "string", "examples": ["Описание ошибки"]},
            "code": {"type": "string", "examples": ["link-expired"]},
        },
    ),
    Event(
        name="status",
        summary="На чём остановилось подключение телефона или включение в YClients.",
        fields={
            "state": {"type": "string", "examples": ["waiting"]},
            "text": {"type": "string", "examples": [ru.PAIRING["waiting"]]},
            "place": {"type": "integer", "minimum": 1, "description": "Место в очереди", "examples": [3]},
            "reason": {"type": "string", "description": "Почему YClients не подтвердил включение"},
        },
        optional=frozenset({"place", "reason"}),
    ),
    Event(
        name="pairing-code",
        summary="Код для ввода на телефоне вместо QR-кода.",
        fields={"code": {"type": "string", "examples": ["ABCD-1234"]}, "expiresIn": _SECONDS | {"examples": [160]}},
    ),
    Event(
        name="sync",
        summary="Чтение журнала: какой список читается и сколько записей прочитано.",
        fields={
            "kind": {"type": "string", "examples": ["full"]},
            "state": {"type": "string", "examples": ["running"]},
            "text": {"type": "string"},
            "stage": {"type": ["string", "null"]},
            "page": {"type": ["integer", "null"]},
            "pages": {"type": ["integer", "null"]},
            "counts": {"type": "object"},
            "error": {"type": ["string", "null"]},
        },
    ),
    Event(
        name="messages",
        summary="В переписке салона что-то изменилось: новое сообщение, отправка, доставка или прочтение. "
        "Нужно кабинету, странице подключения можно не слушать.",
        fields={
            "contacts": {
                "type": "array",
                "items": {"type": "integer", "minimum": 1},
                "description": "Номера чатов",
                "examples": [[120]],
            },
        },
    ),
)
FROM_CLIENT = (
    Event(
        name="request-qr",
        summary="Показать код: живой ещё раз, а если его нет — новый.",
        fields={
            "consent": {"type": "boolean", "description": "Читатель страницы согласился с предупреждением"},
            "relink": {"type": "boolean", "description": "Заменить подключённый телефон другим"},
        },
        optional=frozenset({"consent", "relink"}),
    ),
    Event(
        name="request-pairing-code",
        summary="Код для ввода на телефоне: не чаще пяти раз в десять минут.",
        fields={
            "phone": {"type": "string", "examples": ["79001234567"]},
            "relink": {"type": "boolean"},
        },
        optional=frozenset({"relink"}),
    ),
)
"""`disconnect` is the client library's own: `socket.disconnect()`."""


def describe(limit_per_minute: int) -> Node:
    """The contract as the document shows it."""
    return {
        "namespace": NAMESPACE,
        "path": "/socket.io/",
        "auth": ru.SOCKET_CONTRACT["auth"],
        "limits": ru.SOCKET_CONTRACT["limits"].format(limit=limit_per_minute),
        "fromServer": [event.described() for event in FROM_SERVER],
        "fromClient": [event.described() for event in FROM_CLIENT],
    }
