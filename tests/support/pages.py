"""Reads a report page as a browser and a screen reader would: elements, texts, and the numbers that cells carry."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

VOID = {"meta", "br", "wbr", "link", "img", "input"}
SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)


class Page(HTMLParser):
    """The elements of a page, each with the section it is in; fails where they do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.open: list[dict[str, Any]] = []
        self.elements: list[dict[str, Any]] = []
        self.feed(html)
        self.close()
        assert not self.open, "everything is closed"

    @classmethod
    def at(cls, path: Path) -> "Page":
        return cls(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        inside = {e["tag"]: e for e in self.open}
        element = {"tag": tag, **dict(attributes), "text": "", "section": inside.get("section", {}).get("id")}
        element["row"] = inside.get("tr", {}).get("data-name")
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop()["tag"] == tag
        if tag in ("td", "th", "dd", "li"):
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element["text"] += data

    def all(self, tag: str, section: str | None = None) -> list[dict[str, Any]]:
        return [e for e in self.elements if e["tag"] == tag and section in (None, e["section"])]

    def text(self, section: str) -> str:
        (found,) = (e for e in self.all("section") if e["id"] == section)
        return " ".join(found["text"].split())

    def cells(self, section: str) -> dict[tuple[str | None, str], tuple[float, str]]:
        """(row, metric): the number a cell carries and the text it shows."""
        return {
            (e["row"], e["data-metric"]): (float(e["data-value"]), e["text"].strip())
            for e in self.elements
            if e["section"] == section and e.get("data-value")
        }

    def drawings(self) -> list[ElementTree.Element]:
        """Every SVG, parsed strictly."""
        return [ElementTree.fromstring(svg) for svg in SVG.findall(self.html)]
