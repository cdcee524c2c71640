"""``make bench``: what a decision costs, beside the naive way of driving the same library, in one run."""

import sys

from bench import decisions

if __name__ == "__main__":
    decisions.main(sys.argv[1:])
