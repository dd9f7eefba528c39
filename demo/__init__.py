"""The lecture in a browser: what the exported models can do, tab by tab.

It reads artefacts only, `saved_models/<name>/`, and knows nothing of how they came to
be. `keras-genmodels demo` starts it.
"""
