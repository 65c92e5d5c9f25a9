"""What no caller would send: made-up inputs for the core, the files that are read, the endpoints and MCP.

Each target is a property of Hypothesis. Tests try a few inputs of each, the same every time. By hand it goes on for as
long as is wanted: `python -m benchmarks.fuzz TARGET --seconds 600`; with `--coverage` by Atheris, which follows what
code an input reaches.
"""
