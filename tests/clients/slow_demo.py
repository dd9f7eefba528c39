"""A demo of a folder that takes its time: for what waits and is stopped.

python slow_demo.py FOLDER --port 0
"""

import asyncio
import sys
import time

import gradio as gr

from keras_genmodels_demo import server
from keras_genmodels_demo.blocks import Blocks
from keras_genmodels_demo.models_index import Entry, ModelsIndex, local

answer, call_function = Entry.call, Blocks.call_function


def slowly(entry, signature, **inputs):
    """Each question for a likelihood takes a second."""
    if signature == "log_likelihood":
        time.sleep(1.0)
    return answer(entry, signature, **inputs)


async def hesitantly(*given, **options):
    """Each refusal takes a second."""
    try:
        return await call_function(*given, **options)
    except gr.Error:
        await asyncio.sleep(1.0)
        raise


if __name__ == "__main__":
    Entry.call, Blocks.call_function = slowly, hesitantly
    listening = server.listen("127.0.0.1", 0)
    application = server.application(ModelsIndex(sys.argv[1], local))
    sys.stdout.write(f"The demo is at {server.address(listening)}\n")
    sys.stdout.flush()
    server.serve(application, listening)
