"""How Sphinx builds these pages: guides in Markdown by MyST, the reference from the docstrings."""

from __future__ import annotations

import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from pkgutil import resolve_name
from types import ModuleType
from typing import Any, ClassVar

from docutils.nodes import Element, Node
from docutils.parsers.rst import directives
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

# Reading the docstrings imports Airflow, which wants a home; nothing of this machine's own is touched.
HOME = tempfile.TemporaryDirectory(prefix="covage-docs-")
os.environ["AIRFLOW_HOME"] = HOME.name
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"

from airflow_provider_covage import __version__, get_provider_info  # noqa: E402

project = "airflow-provider-covage"
author = "airflow-provider-covage maintainers"
copyright = author
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["examples/**"]
html_theme = "furo"
html_title = f"airflow-provider-covage {release}"
html_show_sphinx = False

# Whatever does not lead anywhere is an error; see _what_is_there for names that have no place on these pages.
nitpicky = True
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]

# In docstrings as in Markdown, `this` is code.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_class_signature = "mixed"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False


class ProviderModules(SphinxDirective):
    """`.. provider-modules:: operators`: every such module that Airflow is told about, and its classes.

    With `:members:` their methods, too; people construct operators, and do not call their methods.
    """

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {"members": directives.flag}

    def run(self) -> list[Node]:
        """Write a section per module and have it read.

        Returns:
            What stands on the page.
        """
        found = [name for part in get_provider_info()[self.arguments[0]] for name in _modules(part)]
        members = "" if "members" in self.options else "\n   :no-members:"
        sections = []
        for name in found:
            classes = (f".. autoclass:: {name}.{one}{members}" for one in _classes(import_module(name)))
            sections += [f"{name}\n{'-' * len(name)}", f".. py:module:: {name}", *classes]
        return self.parse_text_to_nodes("\n\n".join(sections), allow_section_headings=True)


def _modules(part: dict[str, Any]) -> list[str]:
    """Operators and the like have lists of modules, transfers one each."""
    return part.get("python-modules") or [part["python-module"]]


def _classes(module: ModuleType) -> list[str]:
    """What a module offers: what it says, or the classes that are defined in it, by their places."""
    offered = getattr(module, "__all__", None)
    if offered is not None:
        return list(offered)
    own = [
        one for one in vars(module).values() if isinstance(one, type) and one.__module__ == module.__name__
    ]
    return [one.__name__ for one in own if not one.__name__.startswith("_")]


def _show_operations_as_methods() -> None:
    """An operation is a descriptor that serves several kinds of clients; a reader wants its signature."""
    import airflow_provider_covage.api.covage.client
    import airflow_provider_covage.api.prizz.client  # noqa: F401 - the resources are known from then on
    from airflow_provider_covage.api.calls import Resource, listing, operation

    found = list(Resource.__subclasses__())
    for resource in found:
        found.extend(resource.__subclasses__())
        for name, value in list(vars(resource).items()):
            if isinstance(value, operation | listing):
                setattr(resource, name, value._build)


def _what_is_there(
    app: Sphinx, env: BuildEnvironment, reference: pending_xref, shown: Element
) -> Element | None:
    """What no page has is a text where it can be imported, such as other packages, and an error elsewhere."""
    if reference["refdomain"] != "py":
        return None
    try:
        resolve_name(reference["reftarget"])
    except (ImportError, AttributeError, ValueError):
        return None
    return shown


def setup(app: Sphinx) -> None:
    """Tell Sphinx what it does not do by itself.

    Args:
        app: Sphinx.
    """
    _show_operations_as_methods()
    app.add_directive("provider-modules", ProviderModules)
    app.connect("missing-reference", _what_is_there)
