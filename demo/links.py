"""Links: the values of controls that stand in the address of a page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import gradio as gr
from keras_genmodels_demo.widgets import unchanged


def value(control: Any, given: Sequence[str] | None) -> Any:
    """Read the value of a control from a link; what cannot be is left alone."""
    if not given:
        return unchanged(control)
    if isinstance(control, (gr.Slider, gr.Number)):
        return _number(control, given[0])
    if isinstance(control, (gr.Dropdown, gr.Radio, gr.CheckboxGroup)):
        known = {value for _, value in control.choices}
        found = [value for value in given if value in known]
        several = isinstance(control.value, list)
        return (found if several else found[0]) if found else gr.skip()
    if isinstance(control, gr.Checkbox):
        return given[0] == "True"
    return given[0]


def _number(control: Any, text: str) -> Any:
    try:
        value = float(text)
    except ValueError:
        return gr.skip()
    if not math.isfinite(value):
        return gr.skip()
    low = control.minimum if control.minimum is not None else value
    high = control.maximum if control.maximum is not None else value
    value = min(max(value, low), high)
    return round(value) if value == round(value) else value
