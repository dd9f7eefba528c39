"""Demo of the lecture in a browser: what exported models can do, tab by tab.

It reads artefacts only, `saved_models/<name>/`, and knows nothing of how they came to
be. `keras-genmodels demo` starts it.
"""

import os

# Before Gradio is imported: it looks up its makers' hosts unless it is told not to.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"
# Gradio keeps a table of its events and sums it up after each: here it keeps one.
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = "1000000000"
