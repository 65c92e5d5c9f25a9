"""The Model tab's sections, one module each: what a model-risk reviewer asks, from the artifact and the drift report.

Each section is a function from artifact or service and a language to HTML; only the threshold section may show an
applicant.
"""
