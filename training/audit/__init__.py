"""What a reviewer wants to know about a model: groups, proxies, age, cost of constraints, quality of explanations.

It only reports: `gate` decides. `build`, `gate` and `publish` import it.
"""
