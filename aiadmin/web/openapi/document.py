"""The OpenAPI 3.1 document, made from the routes, their guards and their schemas."""

from __future__ import annotations

import re
from http import HTTPStatus

from apispec import APISpec
from flask import Flask
from marshmallow import Schema
from werkzeug.routing import Rule

from aiadmin import __version__
from aiadmin.config import Config
from aiadmin.texts import ru
from aiadmin.web.http import schemas
from aiadmin.web.http.guards import Guard
from aiadmin.web.http.limits import EXEMPT, UNCOUNTED
from aiadmin.web.http.operator_cookie import SECURE_NAME as OPERATOR_COOKIE
from aiadmin.web.http.session_cookie import SECURE_NAME
from aiadmin.web.openapi import socket_contract
from aiadmin.web.openapi.json_schema import Node, SchemaPlugin
from aiadmin.web.openapi.operation import ListOf, Operation, operation_of

_SECURITY: Node = {
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": ru.API["apiKey"]},
    "bearer": {"type": "http", "scheme": "bearer", "description": ru.API["bearer"]},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SECURE_NAME,
        "description": ru.API["session"],
    },
    "operator": {
        "type": "apiKey",
        "in": "cookie",
        "name": OPERATOR_COOKIE,
        "description": ru.API["operator"],
    },
    "webhookKey": {"type": "apiKey", "in": "query", "name": "key", "description": ru.API["webhookKey"]},
}
_ARGUMENT = re.compile(r"<(?:(?P<kind>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")
_ID: Node = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}


def document(app: Flask, config: Config) -> Node:
    """What `app` answers to, with every status it can answer with, and the events of its socket."""
    spec = APISpec(
        "AI Admin",
        __version__,
        "3.1.0",
        plugins=[SchemaPlugin()],
        info={
            "contact": {"url": config.support_url, "email": config.support_email},
            "description": ru.API["about"],
        },
        servers=[{"url": config.public_url}],
        tags=[{"name": name, "description": text} for name, text in ru.API_TAGS.items()],
        **{"x-socket.io": socket_contract.describe(config.socket_limit_per_minute)},
    )
    for name, scheme in _SECURITY.items():
        spec.components.security_scheme(name, scheme)
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        operation = operation_of(app.view_functions[rule.endpoint])
        if operation is not None:
            path = _ARGUMENT.sub(r"{\g<name>}", rule.rule)
            spec.path(path, operations={_method(rule): _describe(rule, operation, _guard(app, rule))})
    return spec.to_dict()


def _method(rule: Rule) -> str:
    return next(method for method in ("POST", "GET") if method in (rule.methods or ())).lower()


def _guard(app: Flask, rule: Rule) -> Guard:
    guard: Guard = app.extensions["guards"][rule.endpoint.split(".")[0]]
    return guard


def _describe(rule: Rule, operation: Operation, guard: Guard) -> Node:
    node: Node = {
        "operationId": rule.endpoint.replace(".", "_"),
        "summary": operation.summary,
        "tags": [rule.endpoint.split(".")[0]],
        "parameters": _parameters(rule, operation),
        "responses": _responses(rule, operation, guard),
        "security": [{name: []} if name else {} for name in guard.accepts],
    }
    if operation.body is not None:
        content = {"application/json": {"schema": operation.body}}
        node["requestBody"] = {"required": True, "content": content}
    return node


def _parameters(rule: Rule, operation: Operation) -> list[Node]:
    found: list[Node] = [
        {
            "name": match["name"],
            "in": "path",
            "required": True,
            "schema": _ID if match["kind"] == "id" else {"type": "string"},
        }
        for match in _ARGUMENT.finditer(rule.rule)
    ]
    for name, text in operation.query.items():
        needed = name in operation.needed
        found.append(
            {"name": name, "in": "query", "required": needed, "description": text, "schema": {"type": "string"}}
        )
    return found


def _responses(rule: Rule, operation: Operation, guard: Guard) -> Node:
    answers = {str(status): _answer(status, what) for status, what in operation.answers.items()}
    for status in sorted(_errors(rule, operation, guard)):
        if str(status) not in answers:
            answers[str(status)] = _error(status)
    return answers


def _errors(rule: Rule, operation: Operation, guard: Guard) -> set[int]:
    found = {400, *operation.errors}
    if operation.body is not None:
        found |= {413, 415}
    if guard.accepts:
        found |= {401}
    if rule.arguments:
        found |= {404}
    if rule.endpoint not in EXEMPT | UNCOUNTED:
        found |= {429}
    if operation.uses:
        found |= {503}
    return found


def _answer(status: int, what: type[Schema] | ListOf | str) -> Node:
    if isinstance(what, str):
        content: Node = {what: {"schema": {"type": "string"}}}
    elif isinstance(what, ListOf):
        content = {"application/json": {"schema": {"type": "array", "items": what.item}}}
    else:
        content = {"application/json": {"schema": what}}
    return {"description": HTTPStatus(status).phrase, "content": content}


def _error(status: int) -> Node:
    content = {"application/json": {"schema": schemas.Error}, "text/html": {"schema": {"type": "string"}}}
    node: Node = {"description": HTTPStatus(status).phrase, "content": content}
    if status in {429, 503}:
        node["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": ru.API["retryAfter"]}}
    return node
