"""YAML that means one thing: a key that stands twice in a mapping is refused instead of silently taken last."""

import yaml

from domain.base import Json

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML was built without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]


def read_yaml(text: str) -> Json:
    """Raises yaml.YAMLError."""
    # The loader is PyYAML's safe one with duplicate keys refused.
    told: Json = yaml.load(text, Loader=_OneMeaning)  # noqa: S506
    return told


class _OneMeaning(_Loader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key!r} stands twice", key_node.start_mark
                )
            seen.add(key)
        return dict(super().construct_mapping(node, deep=deep))
