"""What no caller would send: made-up inputs for core, files, endpoints, MCP, the page's events and uploads.

Each target is a property of Hypothesis. Tests try a few inputs of each, the same every time. By hand it goes on for as
long as is wanted: `python -m benchmarks.fuzz TARGET --seconds 600`; with `--coverage` by Atheris, which follows what
code an input reaches. Each run adds to a file of counts, and prints all that it holds.
"""
