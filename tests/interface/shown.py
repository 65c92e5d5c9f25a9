"""What shows on each tab once it is drawn, and how long a busy machine may take for it."""

PATIENCE = 60_000
SHOWS = {
    "reasons": "#reasons .cs-reasons",
    "explanation": "#theme-waterfall svg",
    "population": "#scatter svg",
    "what_if": "#result .cs-sides",
    "record": "#record .cs",
    "model": "#model-card",
}
