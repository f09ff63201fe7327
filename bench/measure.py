#!/usr/bin/env python3
"""Measures commands: CPU seconds, wall seconds and peak memory, from the kernel's accounting of the whole child tree.

    bench/measure.py [--runs N] [--directory DIR] [--before 'shell line'] -- COMMAND...

CPU time is the figure to compare: wall time on a shared machine measures the neighbours. The smallest of N runs is the
one with the least noise in it."""
import argparse
import dataclasses
import os
import subprocess
import sys
import time


@dataclasses.dataclass
class Measurement:
    cpu_seconds: float
    wall_seconds: float
    peak_mb: float
    runs: int


class CommandFailed(Exception):
    """The command ended with an error; the text says which and shows the end of its output."""


def run_once(command, directory, environment):
    started = time.perf_counter()
    with subprocess.Popen(
        command, cwd=directory, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if process.returncode != 0:
        tail = output.decode(errors="replace")[-2000:]
        raise CommandFailed(f"exit code {process.returncode} from {' '.join(command)}\n{tail}")
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024


def measure(command, runs=3, directory=".", before=None, environment=None):
    """Runs the command `runs` times; smallest CPU and wall time, largest peak memory."""
    cpu, wall, peak = [], [], []
    for _ in range(runs):
        if before:
            subprocess.run(before, shell=True, cwd=directory, check=True, stdin=subprocess.DEVNULL)
        one_cpu, one_wall, one_peak = run_once(command, directory, environment)
        cpu.append(one_cpu)
        wall.append(one_wall)
        peak.append(one_peak)
    return Measurement(min(cpu), min(wall), max(peak), runs)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--directory", default=".")
    parser.add_argument("--before")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        parser.error("no command given")
    try:
        result = measure(command, options.runs, options.directory, options.before)
    except CommandFailed as problem:
        sys.exit(f"measure: {problem}")
    print(f"cpu {result.cpu_seconds:.3f} s, wall {result.wall_seconds:.3f} s, peak {result.peak_mb:.0f} MB, {result.runs} runs")


if __name__ == "__main__":
    main()
