"""A demo of a folder that takes its time: for what waits and is stopped.

python slow_demo.py FOLDER --port 0
"""

import contextlib
import sys
import time

import gradio as gr
from keras_genmodels_demo import page, server
from keras_genmodels_demo.models_index import Entry, ModelsIndex, local

answer, polite = Entry.call, page.polite


def slowly(entry, signature, **inputs):
    """Each question for a likelihood takes a second."""
    if signature == "log_likelihood":
        time.sleep(1.0)
    return answer(entry, signature, **inputs)


@contextlib.contextmanager
def hesitantly():
    """Each refusal takes a second."""
    try:
        with polite():
            yield
    except gr.Error:
        time.sleep(1.0)
        raise


if __name__ == "__main__":
    Entry.call, page.polite = slowly, hesitantly
    listening = server.listen("127.0.0.1", 0)
    application = server.application(ModelsIndex(sys.argv[1], local))
    sys.stdout.write(f"The demo is at {server.address(listening)}\n")
    sys.stdout.flush()
    server.serve(application, listening)
