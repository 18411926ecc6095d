"""Marshmallow schemas as JSON Schema 2020-12, by apispec; our own field types say themselves what they take."""

from __future__ import annotations

from typing import Any, cast

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import resolve_schema_instance
from apispec.ext.marshmallow.field_converter import FieldConverterMixin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema, fields

Node = dict[str, Any]


class _Converter(OpenAPIConverter):
    def schema2jsonschema(self, schema: type[Schema] | Schema) -> Node:
        """The object that `schema` loads or dumps: a constant of it is always there, and more fields may be."""
        node: Node = super().schema2jsonschema(schema)  # type: ignore[no-untyped-call]
        node.pop("additionalProperties", None)
        constants = {name for name, field in node["properties"].items() if "const" in field}
        needed = sorted({*node.get("required", ()), *constants})
        about = {"description": (schema.__doc__ or "").strip()}
        return node | about | ({"required": needed} if needed else {})

    def field2property(self, field: fields.Field[Any]) -> Node:
        """One property; OpenAPI 3.1 has a list of examples."""
        node: Node = super().field2property(field)
        return node | {"examples": [node.pop("example")]} if "example" in node else node


class SchemaPlugin(MarshmallowPlugin):
    """Schemas become components under the names of their classes."""

    Converter = _Converter

    def __init__(self) -> None:
        super().__init__(schema_name_resolver=_name)

    def init_spec(self, spec: APISpec) -> None:
        """Teach the converter our field types, before it adds what may be null."""
        super().init_spec(spec)
        converter = cast("_Converter", self.converter)
        converter.add_attribute_function(_own_kind)  # type: ignore[no-untyped-call]
        converter.attribute_functions.insert(0, converter.attribute_functions.pop())


def _name(schema: type[Schema] | Schema) -> str:
    return type(resolve_schema_instance(schema)).__name__


def _own_kind(_: FieldConverterMixin, field: fields.Field[Any], **__: Any) -> Node:
    if isinstance(field, fields.Constant):
        return {"const": field.constant}
    if isinstance(field, fields.Enum):
        return {"type": "string"}
    return dict(getattr(field, "json_schema", {}))
