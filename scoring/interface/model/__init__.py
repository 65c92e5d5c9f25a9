"""The Model tab's sections, one module each: what a model-risk reviewer asks, from the artifact and the drift report.

Each section is a function from what is served and a language to HTML; nothing in it is about one applicant but for the
threshold's.
"""
