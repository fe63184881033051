"""All benchmarks, one after the other: `make bench`.

Each is a program of its own (`python -m benchmarks.NAME`); their JSON goes to benchmarks/build.
"""

import argparse
import subprocess
import sys
from pathlib import Path

NAMES = ("table", "sampler", "start", "terminal", "log_view", "whole", "many", "line", "record")
BUILD = Path(__file__).parent / "build"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=NAMES, help=f"which of {', '.join(NAMES)}")
    arguments = parser.parse_args()
    BUILD.mkdir(exist_ok=True)
    failed = []
    for name in arguments.names:
        print(f"== {name}", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}", "--json", str(BUILD / f"{name}.json")], check=False
        )
        if done.returncode:
            failed.append(name)
        print()
    if failed:
        print(f"did not end well: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
