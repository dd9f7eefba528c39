"""Gradio's application, which answers in a sentence what it cannot take.

A browser keeps to the controls. For a program that does not, Gradio answers nothing or
its own traceback's last line, and prints the whole traceback.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from keras_genmodels_demo import checks, messages


class Blocks(gr.Blocks):
    """Application whose refusals are messages, and leave no trace in the log."""

    async def preprocess_data(
        self, block_fn: Any, inputs: list[Any], *given: Any, **options: Any
    ) -> Any:
        """Take the values of controls, or say which ones are wanted."""
        with messages.errors_as_messages():
            try:
                return await super().preprocess_data(
                    block_fn, inputs, *given, **options
                )
            except gr.Error as error:  # not on offer, or out of range
                raise ValueError(error.message) from error
            except Exception as error:  # Gradio computes before it looks at a kind
                names = [c.label or c.get_block_name() for c in block_fn.inputs]
                raise TypeError(
                    f"{len(names)} values must be sent, each of its control's kind: "
                    f"{', '.join(names)}. Received: {checks.shown(inputs)}."
                ) from error

    async def call_function(self, block_fn: Any, *given: Any, **options: Any) -> Any:
        """Run the function of an event; what it refuses is told."""
        with messages.errors_as_messages():
            if not block_fn.fn:
                raise ValueError(
                    "A question to this server must be asked. Received: "
                    f"{block_fn.api_name}, which the page does by itself."
                )
            return await super().call_function(block_fn, *given, **options)
