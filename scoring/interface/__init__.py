"""The page and the endpoints, on Gradio: one file for each view.

The only package that imports gradio. It shows answers and computes none. Only `app.py` imports it.
"""
