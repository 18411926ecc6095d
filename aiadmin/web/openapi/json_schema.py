"""Marshmallow schemas as JSON Schema 2020-12. Knows the fields that we use, and refuses any other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from marshmallow import Schema, fields

from aiadmin.web.http.fields import (
    MAX_ID,
    MAX_LONG_TEXT,
    MAX_TEXT,
    Email,
    Id,
    LongText,
    Moment,
    Phone,
    ShortText,
    Sum,
    WallClock,
)

Node = dict[str, Any]


def of_schema(schema: type[Schema]) -> Node:
    """The object that `schema` loads or dumps."""
    described = {field.data_key or name: of_field(field) for name, field in schema().fields.items()}
    needed = [field.data_key or name for name, field in schema().fields.items() if _is_needed(field)]
    node: Node = {"type": "object", "description": (schema.__doc__ or "").strip(), "properties": described}
    return node | ({"required": needed} if needed else {})


def _is_needed(field: fields.Field[Any]) -> bool:
    return field.required or isinstance(field, fields.Constant)


def of_field(field: fields.Field[Any]) -> Node:
    """One property."""
    node = _KINDS[type(field)](field)
    if field.allow_none:
        node = _or_null(node)
    return (
        node | {name: field.metadata[name] for name in ("description",) if name in field.metadata} | _example(field)
    )


def _example(field: fields.Field[Any]) -> Node:
    return {"examples": [field.metadata["example"]]} if "example" in field.metadata else {}


def _or_null(node: Node) -> Node:
    if "enum" in node:
        return {**node, "enum": [*node["enum"], None], "type": [node["type"], "null"]}
    return {**node, "type": [node["type"], "null"]}


def _id(_: fields.Field[Any]) -> Node:
    number = {"type": "integer", "minimum": 1, "maximum": MAX_ID}
    return {"anyOf": [number, {"type": "string", "pattern": "^[0-9]{1,10}$"}]}


def _text(_: fields.Field[Any]) -> Node:
    return {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}


def _constant(field: fields.Field[Any]) -> Node:
    return {"const": cast("fields.Constant[bool]", field).constant}


def _enum(field: fields.Field[Any]) -> Node:
    return {"type": "string", "enum": [member.value for member in cast("fields.Enum[Any]", field).enum]}


def _nested(field: fields.Field[Any]) -> Node:
    return of_schema(type(cast("fields.Nested", field).schema))


def _list(field: fields.Field[Any]) -> Node:
    return {"type": "array", "items": of_field(cast("fields.List[Any]", field).inner)}


def _sum(_: fields.Field[Any]) -> Node:
    return {"type": "string", "pattern": r"^[0-9]{1,8}(\.[0-9]{1,2})?$"}


def _dict(field: fields.Field[Any]) -> Node:
    values = cast("fields.Dict", field).value_field
    return {"type": "object", "additionalProperties": of_field(values) if values else True}


_KINDS: Mapping[type[fields.Field[Any]], Callable[[fields.Field[Any]], Node]] = {
    Id: _id,
    ShortText: _text,
    LongText: lambda _: {"type": "string", "maxLength": MAX_LONG_TEXT},
    Phone: _text,
    Email: lambda field: {**_text(field), "format": "email"},
    Moment: lambda _: {"type": "string", "format": "date-time"},
    Sum: _sum,
    WallClock: lambda _: {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2})?$"},
    fields.List: _list,
    fields.Integer: lambda _: {"type": "integer"},
    fields.String: lambda _: {"type": "string"},
    fields.Boolean: lambda _: {"type": "boolean"},
    fields.Constant: _constant,
    fields.Enum: _enum,
    fields.Nested: _nested,
    fields.Dict: _dict,
}
