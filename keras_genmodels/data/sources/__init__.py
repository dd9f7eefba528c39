"""Data sets by name: a file that lies here is found, and imported when it is asked for.

No file imports TensorFlow when it is imported itself.
"""
