"""Frozen values to plain JSON-able ones and back, by their type hints.

Going out, a number that is not finite becomes null and text is always valid Unicode. Coming in, unknown keys are
skipped
and missing ones take their default, so that an older and a newer hostdeck read each other's files.
"""

import math
import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from tui.domain.errors import HostdeckError
from tui.domain.identity import InstanceId

T = TypeVar("T")
Plain = Any  # None, bool, int, float, str, list or dict of them; a recursive alias costs a cast at every use


class FormatError(HostdeckError):
    """A JSON value is not what the type asks for; the message names the place."""


def encode(value: object) -> Plain:
    """Return the plain form of a value: dataclasses as objects, tuples as lists, an `InstanceId` as its text form."""
    encoder = _ENCODERS.get(type(value))
    if encoder is not None:
        return encoder(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {name: encode(getattr(value, name)) for name in names_of(type(value))}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {clean_text(str(key)): encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no plain form")


def decode(kind: type[T], data: Plain, where: str = "") -> T:
    """Return the value of type `kind` that `encode` made `data` from.

    Args:
        where: place of `data` in the whole, for messages.

    Raises:
        FormatError: `data` does not fit.
    """
    return cast("T", _decoder(cast("Hashable", kind))(data, where))


@cache
def names_of(kind: type) -> tuple[str, ...]:
    """Return the field names of a dataclass in order."""
    return tuple(field.name for field in fields(kind))


def clean_text(text: str) -> str:
    """Return text without lone surrogates, which stand for bytes that are no UTF-8 and are no valid JSON."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def parse_instance_id(text: str, where: str = "") -> InstanceId:
    """Return the identity of its text form; only the engine's part may contain slashes.

    Raises:
        FormatError: not three parts.
    """
    host, _, rest = text.partition("/")
    engine, slash, local = rest.rpartition("/")
    if not slash:
        raise FormatError("not an instance", f"{where}: {text!r} is not HOST/ENGINE/ID.")
    return InstanceId(host, engine, local)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


_ENCODERS: dict[type, Callable[[Any], Plain]] = {
    type(None): lambda _: None,
    bool: lambda value: value,
    int: lambda value: value,
    float: _finite,
    str: clean_text,
    InstanceId: lambda value: clean_text(str(value)),
}

_Decoder = Callable[[Plain, str], Any]


@cache
def _decoder(kind: Any) -> _Decoder:
    """Build the decoder of a type once."""
    if kind is InstanceId:
        return lambda data, where: parse_instance_id(_expect(data, str, where), where)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return lambda data, where: _enum(kind, data, where)
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass_decoder(kind)
    origin, parts = get_origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        (inner,) = (part for part in parts if part is not types.NoneType)
        decoder = _decoder(inner)
        return lambda data, where: None if data is None else decoder(data, where)
    if origin is tuple:
        item = _decoder(parts[0])
        return lambda data, where: tuple(
            item(one, f"{where}[{place}]") for place, one in enumerate(_expect(data, list, where))
        )
    if origin is not None and issubclass(origin, Mapping):
        item = _decoder(parts[1])
        return lambda data, where: {key: item(one, f"{where}.{key}") for key, one in _expect(data, dict, where).items()}
    if kind is float:
        return lambda data, where: float(_number(data, where))
    return lambda data, where: _expect(data, kind, where)


def _dataclass_decoder(kind: type) -> _Decoder:
    hints = get_type_hints(kind)
    plan = [(field, _decoder(hints[field.name])) for field in fields(kind)]

    def decoder(data: Plain, where: str) -> Any:
        given = _expect(data, dict, where)
        values: dict[str, Any] = {}
        for field, inner in plan:
            if field.name in given:
                values[field.name] = inner(given[field.name], f"{where}.{field.name}" if where else field.name)
            elif _is_required(field):
                raise FormatError("incomplete", f"{where or kind.__name__}: {field.name} is missing.")
        return kind(**values)

    return decoder


def _is_required(field: "Field[Any]") -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _enum(kind: type[Enum], data: Plain, where: str) -> Enum:
    try:
        return kind(data)
    except ValueError as error:
        raise FormatError("unknown word", f"{where}: {data!r} is no {kind.__name__}.") from error


def _number(data: Plain, where: str) -> float:
    if isinstance(data, bool) or not isinstance(data, (int, float)):
        raise FormatError("wrong type", f"{where}: a number is needed, not {type(data).__name__}.")
    return data


def _expect(data: Plain, kind: type, where: str) -> Any:
    if not isinstance(data, kind) or (kind is int and isinstance(data, bool)):
        raise FormatError("wrong type", f"{where}: {kind.__name__} is needed, not {type(data).__name__}.")
    return data
