"""The report as one self-contained HTML file.

A renderer of our own, some sixty lines, rather than Jinja2: the report needs no more than nested elements, the base
installation stays without a template engine, and text cannot become markup, because only `element` makes `Markup`.
"""

from __future__ import annotations

from syncer.report.html.page import as_html

__all__ = ["as_html"]
