"""What a client made of an answer of ours."""

import os
import traceback


def sentence(fault):
    place = traceback.extract_tb(fault.__traceback__)[-1]
    return "%s: %s (%s:%d)" % (type(fault).__name__, fault, os.path.basename(place.filename), place.lineno)


def equal(left, right):
    if left != right:
        raise AssertionError("%r is not %r" % (left, right))
