"""Everything that serving a credit decision needs; imports no training library."""

# The one place of the product's version: `pyproject.toml`, the page, `/model` and the manifests of artifacts read it.
# `CHANGELOG.md` says what is in it, `docs/versions.md` when it is raised.
__version__ = "0.2.0"
