"""The load of a branch: readers who use the page as a browser does, and programs beside them."""
