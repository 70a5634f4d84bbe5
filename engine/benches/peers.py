"""SIR on one network by resus, EoN 2.0 (fast_SIR), graph-tool 2.45 (its C++, where it is installed) and ixa 4: seconds an outbreak, in one run.

    cargo build --release
    target/python/bin/python engine/benches/peers.py [NODES] [RUNS]

Needs EoN (pip install -r tests/reference/requirements.txt, as .ci/run does it), for graph-tool Debian's python3-graph-tool (which needs
Debian's interpreter, /usr/bin/python3), for ixa cargo and the registry.
Each package plays the same network (Erdős and Rényi, mean degree 10), transmission 0.25 and recovery 0.1 a day, from ten infected nodes. Its
network is built beforehand and is not in the time. Where an outbreak dies out at once it is played again, so that all are large.
"""
import math
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

ONE = sys.argv[1] == "--one" if len(sys.argv) > 1 else False
NODES = int(sys.argv[1]) if len(sys.argv) > 1 and not ONE else 100_000
RUNS = int(sys.argv[2]) if len(sys.argv) > 2 and not ONE else 5
TRANSMISSION, RECOVERY, FIRST = 0.25, 0.1, list(range(10))
ROOT = pathlib.Path(__file__).resolve().parents[2]


def edges():
    draws = random.Random(7)
    found = set()
    while len(found) < NODES * 5:
        a, b = draws.randrange(NODES), draws.randrange(NODES)
        if a != b:
            found.add((min(a, b), max(a, b)))
    return sorted(found)


def timed(play):
    times, sizes = [], []
    while len(times) < RUNS:
        started = time.perf_counter()
        size = play()
        took = time.perf_counter() - started
        if size > NODES / 10:
            times.append(took)
            sizes.append(size)
    return statistics.median(times), statistics.mean(sizes)


def eon(pairs):
    import EoN
    import networkx

    graph = networkx.Graph(pairs)

    def play():
        _, _, _, recovered = EoN.fast_SIR(graph, TRANSMISSION, RECOVERY, initial_infecteds=FIRST)
        return recovered[-1]

    return timed(play)


def graph_tool(pairs, step, update):
    """Its process has steps of `step` days, and chances in a step; ours is continuous, to the minute."""
    import graph_tool
    from graph_tool.dynamics import SIRState

    graph = graph_tool.Graph(directed=False)
    graph.add_edge_list(pairs)
    beta, gamma = 1 - math.exp(-TRANSMISSION * step), 1 - math.exp(-RECOVERY * step)

    def play():
        start = graph.new_vp("int32_t", 0)
        for node in FIRST:
            start[node] = 1
        state = SIRState(graph, beta=beta, gamma=gamma, s=start, constant_beta=True)
        # An asynchronous iteration updates one node that may change, a synchronous one all of them.
        iterate = state.iterate_sync if update == "sync" else lambda: state.iterate_async(NODES)
        active = 1
        while active:
            iterate()
            states = state.get_state().fa
            active = int((states == 1).sum())
        return int((states == 2).sum())

    return timed(play)


def resus(file):
    command = [str(ROOT / "target/release/resus"), "verify", "sir", "--edges", file, "--csv", file + ".out"]
    command += ["--first", ",".join(map(str, FIRST)), "--replicates", str(max(RUNS, 20))]
    command += ["--transmission", str(TRANSMISSION), "--recovery", str(RECOVERY)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    sizes = [int(line.split(",")[1]) for line in open(file + ".out").read().splitlines()[1:]]
    return float(said.rsplit(":", 1)[1].split()[0]) / 1e3, statistics.mean(sizes)


def ixa(file):
    folder = ROOT / "engine/benches/ixa"
    target = ROOT / "target/ixa"
    build = ["cargo", "build", "--release", "--locked", "--quiet", "--target-dir", target]
    subprocess.run([*build, "--manifest-path", folder / "Cargo.toml"], check=True)
    command = [target / "release/ixa-sir", file, str(TRANSMISSION), str(RECOVERY), str(RUNS)]
    seconds, size = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(seconds), float(size)


def one(name, file, nodes, runs, *how):
    """One package in an interpreter of its own: theirs do not go together."""
    global NODES, RUNS
    NODES, RUNS = int(nodes), int(runs)
    pairs = [tuple(map(int, line.split(","))) for line in open(file)]
    print(*(eon(pairs) if name == "EoN" else graph_tool(pairs, float(how[0]), how[1])))


def apart(python, name, *how):
    def play(file):
        command = [python, __file__, "--one", name, file, str(NODES), str(RUNS), *how]
        took, size = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
        return float(took), float(size)

    return play


def main():
    pairs = edges()
    with tempfile.TemporaryDirectory() as folder:
        file = str(pathlib.Path(folder) / "edges.csv")
        pathlib.Path(file).write_text("".join(f"{a},{b}\n" for a, b in pairs))
        ours, size = resus(file)
        print(f"{NODES} nodes, {len(pairs)} edges; mean of resus, median of {RUNS} outbreaks of each of the others")
        print(f"resus                            {1e3 * ours:9.1f} ms               {size:8.0f} infected")
        peers = {"EoN": apart(sys.executable, "EoN"), "ixa": ixa}
        for step, words in (("1", "a day"), ("0.1", "2.4 hours"), ("0.02083", "half an hour")):
            for update in ("sync", "async"):
                peers[f"graph-tool, {words}, {update}"] = apart("/usr/bin/python3", "graph-tool", step, update)
        for name, play in peers.items():
            try:
                took, size = play(file)
            except (subprocess.CalledProcessError, OSError) as why:
                print(f"{name:32} passed over: {why}")
                continue
            print(f"{name:32} {1e3 * took:9.1f} ms  {took / ours:6.1f} times {size:8.0f} infected", flush=True)


if ONE:
    one(*sys.argv[2:])
else:
    main()
