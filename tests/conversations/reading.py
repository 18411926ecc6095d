"""Reads a file of conversations; `FORMAT.md` says what stands in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as SafeLoader  # a fifth of the time
except ImportError:  # PyYAML without libyaml
    from yaml import SafeLoader

HERE = Path(__file__).parent
LAVANDA = HERE / "lavanda.yaml"


class _UniqueKeys(SafeLoader):
    """PyYAML keeps the last of two equal keys in silence; here it is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            value = self.construct_object(key, deep=True)
            if value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {value!r} stands twice", key.start_mark)
            seen.add(value)
        return super().construct_mapping(node, deep)


def read(path: Path) -> dict[str, Any]:
    """The salon, its people and conversations; raises yaml.YAMLError."""
    with path.open(encoding="utf-8") as source:
        file: dict[str, Any] = yaml.load(source, _UniqueKeys)  # noqa: S506 - a SafeLoader
    return file
