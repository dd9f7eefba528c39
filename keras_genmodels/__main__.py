"""`python -m keras_genmodels` is `keras-genmodels`."""

import sys

from keras_genmodels.cli import main

if __name__ == "__main__":
    sys.exit(main())
