"""A small OpenAPI document with every shape that the documentation page knows."""

from __future__ import annotations

from typing import Any

from aiadmin.web.openapi import socket_contract

_ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "AI Admin",
        "version": "1.0.0",
        "description": "Подключение салонов. Поле `error` есть всегда.",
    },
    "servers": [{"url": "https://ai-admin.app"}],
    "x-socket.io": socket_contract.describe(5),
    "tags": [{"name": "salons", "description": "Салоны"}, {"name": "health", "description": "Работоспособность"}],
    "paths": {
        "/salons/{salon_id}": {
            "post": {
                "operationId": "salons_register",
                "summary": "Зарегистрировать салон",
                "tags": ["salons"],
                "parameters": [
                    {"name": "salon_id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}},
                    {"name": "key", "in": "query", "required": True, "schema": {"type": "string"}},
                ],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Salon"}}}},
                "responses": {
                    "201": {
                        "description": "Created",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Salon"}}},
                    },
                    "429": {"description": "Too Many Requests", "content": _ERROR},
                },
                "security": [{"apiKey": []}, {"bearer": []}, {}],
            }
        },
        "/health": {
            "get": {
                "operationId": "health",
                "summary": "Жив ли сервис",
                "tags": ["health"],
                "parameters": [],
                "responses": {
                    "200": {"description": "OK", "content": {"text/plain": {"schema": {"type": "string"}}}}
                },
                "security": [],
            }
        },
    },
    "components": {
        "securitySchemes": {
            "apiKey": {
                "type": "apiKey",
                "in": "header",
                "name": "X-API-Key",
                "description": "Ключ компании (`sk_...`).",
            },
            "bearer": {"type": "http", "scheme": "bearer", "description": "Токен из ссылки."},
        },
        "schemas": {
            "Salon": {
                "type": "object",
                "properties": {
                    "id": {"anyOf": [{"type": "integer"}, {"type": "string"}], "examples": [962302]},
                    "title": {"type": "string", "maxLength": 255, "examples": ["Студия <Мята>"]},
                    "status": {"type": ["string", "null"], "enum": ["active", None]},
                    "stats": {"type": "object", "properties": {"total": {"type": "integer", "examples": [100]}}},
                    "since": {"type": "string", "format": "date-time"},
                },
                "required": ["id"],
            },
            "Error": {
                "type": "object",
                "properties": {"success": {"const": False}, "error": {"type": "string", "examples": ["Нет салона."]}},
                "required": ["success", "error"],
            },
        },
    },
}
