"""YAML text to plain dicts, lists and scalars, refusing whatever would be read differently than it was meant.

Refused: repeated keys, tags that build objects, aliases that loop or explode, and the traps of YAML 1.1, where ``NO``
is false, ``0123`` is 83, ``1_000`` is a number and ``2024-01-31`` a date.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from identity_spark.config.problems import Problems, join

TAG = "tag:yaml.org,2002:"
KINDS: dict[type[Node], str] = {MappingNode: f"{TAG}map", SequenceNode: f"{TAG}seq"}
MERGE = f"{TAG}merge"
TEXT = {f"{TAG}str", f"{TAG}value"}
NULL = f"{TAG}null"
PLAIN = {  # what reads the same to a person and to YAML; other writings of these types are traps
    f"{TAG}bool": re.compile(r"true|True|TRUE|false|False|FALSE"),
    f"{TAG}int": re.compile(r"[-+]?(0|[1-9][0-9]{0,17})"),
    f"{TAG}float": re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?"),
}
MEANINGS = {f"{TAG}bool": "", f"{TAG}int": "the number ", f"{TAG}float": "the number ", f"{TAG}timestamp": "the date "}
MOST_VALUES = 100_000


class UnreadableError(Exception):
    """The text is no YAML, or YAML that cannot be walked; the message says why and where."""


def read_yaml(text: str, origin: str, place: str, problems: Problems) -> Any:
    """What ``text`` says; None when it is empty. Problems name a place under ``place`` and a line of ``origin``."""
    try:
        return ConfigLoader(text, origin, place, problems).document()
    except yaml.MarkedYAMLError as error:
        raise UnreadableError(_syntax(error, origin)) from error
    except yaml.YAMLError as error:
        said = " ".join(str(error).split())
        raise UnreadableError(f"{origin}: no readable YAML ({said}); save it as plain UTF-8 text") from error
    except RecursionError as error:
        raise UnreadableError(f"{origin}: nested too deeply; write it flatter") from error


class ConfigLoader(yaml.SafeLoader):
    """The safe loader with its own walk from parsed nodes to values, which notes problems as it goes."""

    def __init__(self, text: str, origin: str, place: str, problems: Problems) -> None:
        super().__init__(text)
        self.origin, self.place, self.problems = origin, place, problems
        self._open: set[int] = set()
        self._values = 0

    def document(self) -> Any:
        """The value of the one document; None when there is none."""
        node = self.get_single_node()
        return None if node is None else self._value(node, self.place)

    def _value(self, node: Node, place: str) -> Any:
        self._values += 1
        if self._values > MOST_VALUES:
            raise UnreadableError(
                f"{self.origin}: its aliases expand to over {MOST_VALUES:,} values; write them out once"
            )
        if isinstance(node, ScalarNode):
            return self._scalar(node, place)
        if node.tag != KINDS[type(node)]:
            return self._refuse_tag(node, place)
        if id(node) in self._open:
            return self._spoil(node, place, "an alias contains itself; write the value out")
        self._open.add(id(node))
        value = self._mapping(node, place) if isinstance(node, MappingNode) else self._list(node, place)
        self._open.discard(id(node))
        return value

    def _list(self, node: Node, place: str) -> list[Any]:
        return [self._value(item, f"{place}[{n}]") for n, item in enumerate(node.value)]

    def _mapping(self, node: MappingNode, place: str) -> dict[str, Any]:
        inherited: dict[str, Any] = {}
        own: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            if key_node.tag == MERGE:
                for value in self._merged(value_node, place):
                    inherited = value | inherited
                continue
            key = self._key(key_node, place)
            if key in own:
                again = f"repeated {self._where(key_node)}, first on line {lines[key]}; keep one of the two"
                self.problems.add(join(place, key), again)
                continue
            lines[key] = key_node.start_mark.line + 1
            own[key] = self._value(value_node, join(place, key))
        return inherited | own

    def _merged(self, node: Node, place: str) -> Iterator[dict[str, Any]]:
        """The mappings that ``<<`` brings in; those named first win."""
        for part in node.value if isinstance(node, SequenceNode) else [node]:
            value = self._value(part, place)
            if isinstance(value, dict):
                yield value
            else:
                self.problems.add(join(place, "<<"), f"no mapping {self._where(part)}; name a mapping by its *alias")

    def _key(self, node: Node, place: str) -> str:
        if not isinstance(node, ScalarNode):
            self.problems.add(place or self.origin, f"a key is no text {self._where(node)}; write key: value")
            return self._where(node)
        if node.tag not in TEXT:
            self.problems.spoil(join(place, node.value), f"a key that is no text {self._where(node)}; quote it")
        return str(node.value)

    def _scalar(self, node: ScalarNode, place: str) -> Any:
        if node.tag in TEXT:
            return str(node.value)
        if node.tag == NULL:
            return None
        if node.tag not in MEANINGS:
            return self._refuse_tag(node, place)
        if node.tag in PLAIN and PLAIN[node.tag].fullmatch(node.value):
            return self.construct_object(node)
        return self._spoil(node, place, self._trap(node), node.value)

    def _trap(self, node: ScalarNode) -> str:
        """What to say of a value that a person reads as text and YAML does not."""
        quoted = f'quote it: "{node.value}"'
        try:
            read = str(self.construct_object(node)).lower()
        except (ValueError, LookupError, AttributeError):  # PyYAML's own, of a tag such as !!timestamp on other text
            return f"{node.value} is no text to YAML; {quoted}"
        instead = "" if node.tag == f"{TAG}timestamp" else f", or write {read}"
        return f"{node.value} is read as {MEANINGS[node.tag]}{read} by YAML; {quoted}{instead}"

    def _refuse_tag(self, node: Node, place: str) -> None:
        tag = node.tag.replace(TAG, "!!")
        self._spoil(node, place, f"the tag {tag} would build an object; write plain text, numbers, lists and mappings")

    def _spoil(self, node: Node, place: str, message: str, value: Any = None) -> Any:
        head, _, remedy = message.partition("; ")
        self.problems.spoil(place or self.origin, f"{head} {self._where(node)}; {remedy}")
        return value

    def _where(self, node: Node) -> str:
        return f"({self.origin}, line {node.start_mark.line + 1})"


def _syntax(error: yaml.MarkedYAMLError, origin: str) -> str:
    mark = error.problem_mark or error.context_mark
    line = f":{mark.line + 1}" if mark else ""
    said = ", ".join(part for part in (error.context, error.problem) if part)
    remedy = "check indents, colons and brackets, and quote text that holds any of : # { } [ ] , & * or ${...}"
    return f"{origin}{line}: no readable YAML ({said}); {remedy}"
