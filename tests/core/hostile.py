"""Values made from the API's own description, of a kind that no honest client sends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from api.main import create_app
from api.settings import Settings

Json = dict[str, Any]
VERBS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One verb of one path, as described."""

    verb: str
    path: str
    parameters: tuple[Json, ...]
    body: Json | None
    """The schema of its JSON body."""

    @property
    def name(self) -> str:
        return f"{self.verb.upper()} {self.path}"

    def named(self, place: str) -> list[str]:
        return [found["name"] for found in self.parameters if found["in"] == place]


@cache
def description() -> Json:
    return create_app(Settings()).openapi()


def operations() -> Iterator[Operation]:
    for path, verbs in description()["paths"].items():
        for verb, told in verbs.items():
            content = told.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema")
            if verb in VERBS:
                yield Operation(verb, path, tuple(told.get("parameters", ())), schema)


@dataclass(frozen=True)
class Flavour:
    """What stands in place of each text and each number."""

    name: str
    text: str
    number: float
    day: str


FLAVOURS = (
    Flavour("null characters and huge numbers", "a\0b", 10**30, "9999-12-31"),
    Flavour("half characters and vast numbers", "a\ud800", 1e300, "0001-01-01"),
    Flavour("long texts and tiny numbers", "\U0001f9d2" * 20_000, 1e-300, "2200-12-31"),
)


def instance(schema: Json, flavour: Flavour, depth: int = 0) -> Any:
    """A value of the schema's shape in this flavour; closed lists of words keep their first."""
    if "$ref" in schema:
        return instance(description()["components"]["schemas"][schema["$ref"].split("/")[-1]], flavour, depth)
    for choice in ("anyOf", "oneOf", "allOf"):
        for option in schema.get(choice, ()):
            if option.get("type") != "null":
                return instance(option, flavour, depth)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    match schema.get("type"):
        case "string":
            told = {"date": flavour.day, "date-time": f"{flavour.day}T23:59:59-14:00"}
            return told.get(schema.get("format", ""), flavour.text)
        case "integer" | "number":
            return flavour.number
        case "boolean":
            return True
        case "array":
            return [instance(schema.get("items", {}), flavour, depth + 1)] if depth < 6 else []
        case "object":
            fields = schema.get("properties", {})
            if depth >= 6:
                fields = {name: fields[name] for name in schema.get("required", ())}
            return {name: instance(field, flavour, depth + 1) for name, field in fields.items()}
    return {flavour.text: [flavour.number, flavour.text]}


def fields_of(schema: Json) -> Json:
    while "$ref" in schema:
        schema = description()["components"]["schemas"][schema["$ref"].split("/")[-1]]
    found: Json = schema.get("properties", {})
    return found
