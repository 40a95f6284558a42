"""Elements of HTML. Whatever is not `Markup` is text, and is escaped where it is put in."""

from __future__ import annotations

from html import escape

from syncer.report.words import one_line

VOID = frozenset({"meta", "br", "hr"})


class Markup(str):
    """HTML that is finished; made by the functions of this module alone."""

    __slots__ = ()


Part = str | Markup | None


def element(tag: str, *parts: Part, **attributes: str | None) -> Markup:
    """`<tag …>parts</tag>`. Parts that are None or '' are left out, as are attributes that are None.

    `class_` is written class, and an underscore elsewhere in a name as a hyphen.
    """
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(one_line(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in VOID:
        return Markup(f"<{tag}{written}>")
    return Markup(f"<{tag}{written}>{joined(*parts)}</{tag}>")


def joined(*parts: Part) -> Markup:
    """The parts one after another."""
    return Markup("".join(part if isinstance(part, Markup) else escape(one_line(part)) for part in parts if part))


def code(text: str) -> Markup:
    """`text` with what stands between ` ` shown as typed words."""
    pieces = text.split("`")
    return joined(*(element("code", piece) if odd % 2 else piece for odd, piece in enumerate(pieces)))


def style(rules: str) -> Markup:
    """A style sheet of ours; it holds nothing that was read.

    Raises:
        ValueError: it could end its own element.
    """
    if "</" in rules:
        raise ValueError("a style sheet holds no markup")
    return Markup(f"<style>{rules}</style>")


def document(language: str, head: Markup, body: Markup) -> str:
    """The whole file."""
    return f"<!doctype html>\n{element('html', element('head', head), element('body', body), lang=language)}\n"
