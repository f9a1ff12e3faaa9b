"""Runs programs of Google Benchmark."""

import json
import os
import subprocess
import sys
import tempfile


def run(program, arguments=(), environment=None):
    """What the program measured, benchmark by benchmark; nothing if it measured nothing."""
    print(f"running {program.name}", file=sys.stderr, flush=True)
    with tempfile.NamedTemporaryFile("r", suffix=".json", encoding="utf-8") as output:
        subprocess.run([program, f"--benchmark_out={output.name}", *arguments],
                       env=os.environ | (environment or {}), stdout=subprocess.DEVNULL, check=True)
        text = output.read()
    return json.loads(text)["benchmarks"] if text else []
