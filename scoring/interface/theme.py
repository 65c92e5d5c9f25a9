"""The look of the page: a calm theme with system fonts, so that nothing is loaded from other hosts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

FOLDER = Path(__file__).parent
STYLES = ("style.css", "what_if.css", "portfolio.css")
FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
MONOSPACE = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")

# In the order in which they run.
SCRIPT_NAMES = (
    "opening",
    "order",
    "connection",
    "write",
    "focus",
    "commands",
    "fields",
    "links",
    "kept",
    "entries",
    "meanings",
    "curve",
    "portfolio",
)
SCRIPTS = "".join((FOLDER / "scripts" / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPT_NAMES)


class Calm(gr.themes.Base):
    """Slate and a deep blue, thin lines, no shadows."""

    def __init__(self) -> None:
        super().__init__(
            primary_hue=gr.themes.colors.blue,
            secondary_hue=gr.themes.colors.slate,
            neutral_hue=gr.themes.colors.slate,
            text_size=gr.themes.sizes.text_md,
            spacing_size=gr.themes.sizes.spacing_sm,
            radius_size=gr.themes.sizes.radius_md,
            font=FONTS,
            font_mono=MONOSPACE,
        )
        self.set(
            body_background_fill="*neutral_50",
            body_background_fill_dark="*neutral_950",
            block_label_text_size="*text_sm",
            block_title_text_size="*text_sm",
            block_title_text_weight="600",
            block_title_text_color="*neutral_700",
            block_info_text_color="*neutral_600",
            block_info_text_color_dark="*neutral_300",
            # White on it has a contrast of 6.7 (WCAG AA wants 4.5).
            button_primary_background_fill="*primary_700",
            button_primary_background_fill_hover="*primary_800",
            button_primary_background_fill_dark="*primary_700",
            button_primary_background_fill_hover_dark="*primary_600",
            button_primary_text_color="white",
            button_secondary_border_color="*neutral_300",
            button_secondary_border_color_dark="*neutral_600",
        )


def page_style() -> str:
    """Our rules, which must follow gradio's on the page.

    Not by gradio's own css option, which rewrites selectors, and drops some in media queries.
    """
    return "".join((FOLDER / name).read_text(encoding="utf-8") for name in STYLES)


def launch_options() -> dict[str, Any]:
    """Launch arguments: our look, and nothing recorded on an applicant beyond the answer itself."""
    return {
        "theme": Calm(),
        "head": f"<script>{SCRIPTS}</script>",
        "footer_links": [],
        "run_history": False,
        "enable_monitoring": False,
        "show_error": True,
        "share": False,
        "pwa": False,
        "max_file_size": "1kb",
        # Nothing is served by a process that the guard is not around.
        "ssr_mode": False,
        "num_workers": 0,
        # Gradio would ask itself for the page, and end the app if that took three seconds: on a busy machine it does.
        "_frontend": False,
    }
