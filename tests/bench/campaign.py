"""Voice campaigns with very many numbers, part by part, each beside what it could not be faster than."""

import argparse
import json

from tests.bench.campaigns import importing, posting, progress, results
from tests.bench.sync import installation

PARTS = {
    "import": importing.measured,
    "post": posting.measured,
    "progress": progress.measured,
    "results": results.measured,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, action="append", help="only this one; all of them otherwise")
    parser.add_argument("--numbers", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with installation():
        found = {name: PARTS[name](options.numbers, options.repeat) for name in options.part or PARTS}
    print(json.dumps({**found, "kept": all(one["kept"] for one in found.values())}))


if __name__ == "__main__":
    main()
