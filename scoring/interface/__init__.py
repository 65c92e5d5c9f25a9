"""The Gradio screen and the named endpoints; the only place in `scoring` that imports gradio."""
