"""Published archives, unpacked or as TensorFlow Datasets (TFDS) stores them."""
