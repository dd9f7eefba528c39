"""Measures: pure functions, arrays in and numbers out, which know no model."""
