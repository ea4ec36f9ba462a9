"""The smallest command of every kind that the decoder takes: every needed field, nothing that need not be said."""

from typing import Any, get_args

import msgspec

from dashboard.decision import commands as c

KINDS: dict[str, type[c.Command]] = {str(kind.__struct_config__.tag): kind for kind in get_args(c.AnyCommand)}
"""Every command there is, by its tag."""


def sample(tag: str, **more: Any) -> dict[str, Any]:
    """One command as a plain row, which says no more than it must."""
    return {"type": tag} | _needed(KINDS[tag]) | more


def _needed(kind: type) -> dict[str, Any]:
    info = msgspec.inspect.type_info(kind)
    assert isinstance(info, msgspec.inspect.StructType)
    return {field.encode_name: _value(field.type) for field in info.fields if field.required}


def _value(kind: Any) -> Any:
    match kind:
        case msgspec.inspect.StrType():
            return "spring"
        case msgspec.inspect.IntType():
            return max(1, kind.ge or 0)
        case msgspec.inspect.FloatType():
            return 1.0
        case msgspec.inspect.BoolType():
            return False
        case msgspec.inspect.StructType():
            return _needed(kind.cls)
        case msgspec.inspect.DictType():
            return {}
        case msgspec.inspect.UnionType():
            return _value(next(one for one in kind.types if not isinstance(one, msgspec.inspect.NoneType)))
        case msgspec.inspect.VarTupleType():
            return [_value(kind.item_type)] * (kind.min_length or 0)
        case _:
            return []
