"""A demo of a folder whose likelihoods take their time: for what waits and is stopped.

python slow_demo.py FOLDER --port 0
"""

import sys
import time

from demo import server
from demo.shelf import Entry, Shelf, local

answer = Entry.call


def slowly(entry, signature, **inputs):
    """Each question for a likelihood takes a second."""
    if signature == "log_likelihood":
        time.sleep(1.0)
    return answer(entry, signature, **inputs)


if __name__ == "__main__":
    Entry.call = slowly
    listening = server.listen("127.0.0.1", 0)
    application = server.application(Shelf(sys.argv[1], local))
    sys.stdout.write(f"The demo is at {server.address(listening)}\n")
    sys.stdout.flush()
    server.serve(application, listening)
