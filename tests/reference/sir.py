"""SIR on an edge list by EoN's fast_SIR: one line a run, as `resus verify sir --edges FILE --csv OUT` writes them.

Usage: sir.py EDGES.csv TRANSMISSION RECOVERY RUNS SEED > OUT.csv
Needs EoN 2.0 (pip install EoN==2.0).
"""
import random
import sys
import time

import EoN
import networkx
import numpy


def main():
    edges, transmission, recovery, runs, seed = sys.argv[1:6]
    graph = networkx.read_edgelist(edges, delimiter=",", nodetype=int)
    random.seed(int(seed))
    numpy.random.seed(int(seed))
    print("run,final_size,peak,peak_at")
    started = time.perf_counter()
    for run in range(int(runs)):
        t, s, i, r = EoN.fast_SIR(graph, float(transmission), float(recovery), initial_infecteds=[0])
        peak = int(numpy.argmax(i))
        print(f"{run},{r[-1]},{i[peak]},{t[peak]}")
    print(f"{1e3 * (time.perf_counter() - started) / int(runs):.2f} ms each", file=sys.stderr)


main()
