"""One function for each target F1 to F9: what is done, in turn with the anchor, and its figures."""

import copy
import os
import statistics
import subprocess
import time

import lists
from filters import BackgroundLoad, Failure, NoopFilter, Portcullisd, run_json

CLIENTS = (1, 4, 16, 64)
SMTP_LISTS = (1_000, 10_000, 100_000, 600_000)
IDLE = (0, 10, 100, 1_000, 10_000)
ENTRIES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)


class Bench:
    """What all measurements share: the programs, the list of a million, the clients, the lengths."""

    def __init__(self, bin_directory, scratch, rounds, seconds, quick=False):
        self.bin = bin_directory
        self.scratch = scratch
        self.rounds = rounds
        self.seconds = seconds
        self.quick = quick
        self.list_text = "\n".join(lists.entries(1_000_000)) + "\n"
        self.clients_file = self.write_clients(self.list_text)

    def program(self, name):
        return os.path.join(self.bin, name)

    def write_clients(self, list_text):
        """The addresses that come, half of them in the list. Returns the file."""
        list_file = os.path.join(self.scratch, "deny.list")
        clients_file = os.path.join(self.scratch, "clients")
        with open(list_file, "w", encoding="ascii") as file:
            file.write(list_text)
        subprocess.run([self.program("load_generator"), "--list", list_file,
                        "--write-addresses", clients_file], check=True, timeout=60)
        return clients_file

    def portcullisd(self, with_list=True, **options):
        return Portcullisd(self.bin, self.list_text if with_list else None, **options)

    def noop(self, **options):
        return NoopFilter(self.bin, **options)

    def arguments(self, of, clients, seconds=None):
        listed = of.name == "portcullisd" and os.path.exists(of.list)
        return ["--addresses", self.clients_file, "--clients", clients, "--warm-up", 0.1,
                "--seconds", seconds or self.seconds, *(["--expect-rejects"] if listed else [])]

    def in_turn(self, filters, clients, extra=()):
        """Runs of each filter, A B A B; a list of results for each."""
        results = [[] for _ in filters]
        for _ in range(self.rounds):
            for of, found in zip(filters, results):
                found.append(of.load(*self.arguments(of, clients), *extra))
        return results


def rate(results):
    return statistics.median(each["sessions_per_second"] for each in results)


def p99(results, what="connect_us"):
    return statistics.median(each[what]["p99"] for each in results)


def p50(results, what="connect_us"):
    return statistics.median(each[what]["p50"] for each in results)


def pair_ratio(ours, theirs, value):
    """The median of the ratios of neighbouring runs: what drifts with the machine falls out."""
    return statistics.median(value([a]) / value([b]) for a, b in zip(ours, theirs))


def _compare(bench, ours, noop, clients, extra=()):
    a, b = bench.in_turn((ours, noop), clients, extra)
    return {"clients": clients, "rate": rate(a), "noop_rate": rate(b),
            "rate_ratio": pair_ratio(a, b, rate), "p99": p99(a), "noop_p99": p99(b),
            "p99_ratio": pair_ratio(a, b, p99), "p50": p50(a), "noop_p50": p50(b),
            "session_p99": p99(a, "session_us"), "noop_session_p99": p99(b, "session_us"),
            "rates": [each["sessions_per_second"] for each in a],
            "noop_rates": [each["sessions_per_second"] for each in b]}


def sessions(bench):
    """F1 and F2: a million entries and all limits on, against the no-op filter."""
    with bench.noop() as noop, bench.portcullisd() as ours:
        # A run is fast or slow by where the kernel puts its threads: rather many than long, and all
        # sessions of all runs instead of a median between the two.
        many = copy.copy(bench)
        many.rounds, many.seconds = 8 * bench.rounds, bench.seconds / 2
        by_clients = [_compare(many, ours, noop, clients) for clients in CLIENTS]
        for each in by_clients:
            each["rate_ratio"] = sum(each["rates"]) / sum(each["noop_rates"])
        # As fast as Postfix can ask on this machine, and no faster: latency without a queue.
        paced = _compare(bench, ours, noop, 16, ("--rate", 2000))
        status = ours.status()
    with bench.noop(hears_helo=True) as noop, bench.portcullisd(hears_helo=True) as ours:
        with_helo = [_compare(bench, ours, noop, 16)]
    return {"by_clients": by_clients, "paced": paced, "with_helo": with_helo,
            "log_dropped": status["log_dropped"], "logging": logging_cost(bench)}


def logging_cost(bench):
    """The same policy with its log on a file, against its log on /dev/null."""
    log = os.path.join(bench.scratch, "log")
    with open(log, "w", encoding="ascii"):
        os.chmod(log, 0o666)
    with bench.portcullisd(log=log) as to_file, bench.portcullisd() as to_null:
        found = _compare(bench, to_file, to_null, 16)
        dropped = to_file.status()["log_dropped"]
        verdicts = sum(to_file.status()["verdicts"].values())
    size = os.path.getsize(log)
    os.unlink(log)
    return {"to_file": found["rate"], "to_null": found["noop_rate"], "ratio": found["rate_ratio"],
            "bytes_per_verdict": size / max(verdicts - dropped, 1), "dropped": dropped,
            "verdicts": verdicts}


def smtp(bench):
    """F3 and F4: connections a second through Postfix."""
    with bench.noop() as noop:
        ours = {count: _smtp_daemon(bench, count) for count in SMTP_LISTS}
        try:
            for daemon in ours.values():
                daemon.start()
            return _smtp_run(bench, noop, ours)
        finally:
            for daemon in ours.values():
                daemon.__exit__()


def _smtp_list(count):
    return lists.entries(count, ipv6=False)


def _smtp_daemon(bench, count):
    return Portcullisd(bench.bin, "\n".join(_smtp_list(count)) + "\n")


def _smtp_run(bench, noop, ours):
    targets = ["none=none", f"no-op=milter:unix:{noop.socket}"]
    for count, daemon in ours.items():
        cidr = os.path.join(bench.scratch, f"clients-{count}.cidr")
        with open(cidr, "w", encoding="ascii") as file:
            file.writelines(entry + " REJECT\n" for entry in _smtp_list(count))
        targets += [f"portcullisd-{count}=milter:unix:{daemon.socket}",
                    f"cidr-{count}=cidr:{cidr}"]
    command = [bench.program("smtp_load"), "--clients", "8", "--rounds", str(bench.rounds),
               "--seconds", str(bench.seconds)]
    for target in targets:
        command += ["--target", target]
    raw = run_json(command)
    rates = {name: each["connections_per_second"] for name, each in raw.items()}

    def ratio(name, other):
        return statistics.median(a / b for a, b in zip(rates[name], rates[other]))

    return {"none": statistics.median(rates["none"]), "noop": statistics.median(rates["no-op"]),
            "p99": {name: statistics.median(each["p99"] for each in found["session_us"])
                    for name, found in raw.items()},
            "rates": rates,
            "by_entries": [
                {"entries": count,
                 "ours": statistics.median(rates[f"portcullisd-{count}"]),
                 "cidr": statistics.median(rates[f"cidr-{count}"]),
                 "against_noop": ratio(f"portcullisd-{count}", "no-op"),
                 "against_cidr": ratio(f"portcullisd-{count}", f"cidr-{count}")}
                for count in SMTP_LISTS]}


def _percentile(values, share):
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _reload_under_load(bench, daemon, arguments, reloads, longest):
    """Reloads while sessions come; the latencies of CONNECT during each, and as long before it.

    The time before begins with a request for the status: that somebody asks costs as much as the
    first milliseconds of a reload do, and is not what is to be measured.
    """
    pause = 0.7
    samples_file = os.path.join(bench.scratch, "samples")
    if os.path.exists(samples_file):
        os.unlink(samples_file)
    seconds = reloads * (2 * pause + longest) + pause
    command = daemon.load_command(*bench.arguments(daemon, 16, seconds), *arguments,
                                  "--samples", samples_file)
    requests, windows = [], []
    with BackgroundLoad(command) as load:
        time.sleep(pause)
        for _ in range(reloads):
            requests.append(time.monotonic_ns())
            daemon.ask(b"status")
            time.sleep(pause)
            begin = time.monotonic_ns()
            daemon.reload()
            windows.append((begin, time.monotonic_ns()))
            time.sleep(pause)
        result = load.result()
    with open(samples_file, encoding="ascii") as file:
        samples = [tuple(map(int, line.split())) for line in file]
    start = samples[0][0]
    during, before = [], []
    for asked, (begin, stop) in zip(requests, windows):
        during.append([taken / 1e3 for end, taken in samples if begin <= end <= stop])
        before.append([taken / 1e3 for end, taken in samples
                       if asked <= end <= min(asked + stop - begin, begin)])
    if not all(during) or not all(before):
        raise Failure(f"reload: one took so long that the load of {seconds:.0f} s was over")
    p99_during, p99_before = ([_percentile(each, 0.99) for each in side]
                              for side in (during, before))
    by_time = {}
    for end, taken in samples:
        by_time.setdefault((end - start) // 100_000_000, []).append(taken / 1e3)
    return {"sessions": result["sessions"], "rate": result["sessions_per_second"],
            "late": result["late"],
            "p99_during": statistics.median(p99_during),
            "p99_before": statistics.median(p99_before),
            "p99_ratio": statistics.median(a / b for a, b in zip(p99_during, p99_before)),
            # What a few bad reloads do, which a median leaves out.
            "pooled_p99_during": _percentile(sum(during, []), 0.99),
            "pooled_p99_before": _percentile(sum(before, []), 0.99),
            "sessions_during": sum(map(len, during)),
            "reload_seconds": [(stop - begin) / 1e9 for begin, stop in windows],
            "timeline": [[slot / 10, _percentile(values, 0.99)]
                         for slot, values in sorted(by_time.items())],
            "windows": [[(begin - start) / 1e9, (stop - start) / 1e9] for begin, stop in windows]}


def reload(bench):
    """F5: a million entries reloaded while sessions come."""
    with bench.portcullisd(with_list=False) as empty:
        empty.load(*bench.arguments(empty, 16, 0.5))
        base = empty.memory("VmRSS")
    with bench.portcullisd() as daemon:
        daemon.load(*bench.arguments(daemon, 16, 0.5))
        steady = daemon.memory("VmRSS")
        daemon.forget_peak()
        # At the rate of a busy Postfix: half of what it can drive here.
        paced = _reload_under_load(bench, daemon, ("--rate", 1500), 4 * bench.rounds,
                                   longest=0.3)
        peak = daemon.memory("VmHWM")
        saturated = _reload_under_load(bench, daemon, (), bench.rounds, longest=0.8)
        quiet = []
        for _ in range(3):
            begin = time.monotonic()
            daemon.reload()
            quiet.append(time.monotonic() - begin)
            time.sleep(1.2)
        status = daemon.status()
        settled = daemon.memory("VmRSS")
    if status["reloads"]["failed"] or status["internal_errors"] or status["no_session"]:
        raise Failure(f"reload: {status}")
    return {"paced": paced, "saturated": saturated, "quiet_seconds": quiet,
            "base_rss": base, "steady_rss": steady, "peak_rss": peak, "rss_after": settled,
            "peak_against_table": (peak - base) / (steady - base),
            "reloads_ok": status["reloads"]["ok"]}


def start(bench):
    """F6: from exec to the first session that is let in, and to READY=1."""
    accepted, ready = [], []
    for _ in range(bench.rounds):
        daemon = bench.portcullisd()
        try:
            first, notified = daemon.start_measured()
            accepted.append(first)
            ready.append(notified)
        finally:
            daemon.__exit__()
    return {"accepted": statistics.median(accepted), "ready": statistics.median(ready),
            "all_accepted": accepted, "all_ready": ready}


def _resident_when_idle(of, bench, idle):
    """RSS of a filter that holds this many sessions, and nothing else goes on."""
    command = of.load_command(*bench.arguments(of, 0, 0.6), "--idle", idle)
    with BackgroundLoad(command) as load:
        load.wait_until_held()
        time.sleep(0.2)
        resident = of.memory("VmRSS")
        load.result()
    return resident


def memory(bench):
    """F7: what the table takes, and what a session takes."""
    found = {}
    for key, of in (("noop", bench.noop()), ("empty", bench.portcullisd(with_list=False)),
                    ("full", bench.portcullisd())):
        with of:
            of.load(*bench.arguments(of, 16, 0.3))
            before = of.memory("VmRSS")
            by_idle = {idle: _resident_when_idle(of, bench, idle) for idle in IDLE[2:]}
            found[key] = {"rss": before, "by_idle": by_idle, "rss_after": of.memory("VmRSS"),
                          "per_session": (by_idle[IDLE[-1]] - before) / IDLE[-1]}
    found["table"] = found["full"]["rss"] - found["empty"]["rss"]
    found["session_ratio"] = found["full"]["per_session"] / found["noop"]["per_session"]
    return found


def idle(bench):
    """F8, and the growth: sessions a second beside those that are held."""
    with bench.noop() as noop, bench.portcullisd() as ours:
        growth = []
        for count in (IDLE[0], IDLE[-1]) if bench.quick else IDLE:
            found = _compare(bench, ours, noop, 4, ("--idle", count))
            growth.append({"idle": count, "rate": found["rate"], "noop_rate": found["noop_rate"],
                           "rate_ratio": found["rate_ratio"]})
        active = _compare(bench, ours, noop, 100, ("--idle", 10_000))
    return {"growth": growth, "active_100": active}


def connection_table(bench):
    """F9: the table of connections, contended, and its memory afterwards."""
    churn = run_json([bench.program("lease_churn")])
    return {"churn": churn, "ns": statistics.median(churn["ns"]),
            "flood_ns": statistics.median(churn["flood_ns"])}


def _with_entries(bench, noop, base, count):
    text = "\n".join(lists.entries(count)) + "\n"
    bench.write_clients(text)
    daemon = bench.portcullisd(with_list=False)
    daemon.take_list(text)
    try:
        accepted, _ = daemon.start_measured()
        found = _compare(bench, daemon, noop, 4)
        table = daemon.memory("VmRSS") - base
        begin = time.monotonic()
        daemon.reload()
        return {"entries": count, "start": accepted, "reload": time.monotonic() - begin,
                "table": table,
                **{key: found[key] for key in ("rate", "noop_rate", "rate_ratio", "p50")}}
    finally:
        daemon.__exit__()


def growth(bench):
    """How the cost grows with the list: start, reload, memory, sessions."""
    with bench.noop() as noop:
        with bench.portcullisd(with_list=False) as empty:
            empty.load(*bench.arguments(empty, 4))
            base = empty.memory("VmRSS")
        counts = [count for count in ENTRIES if count <= 1_000_000 or not bench.quick]
        by_entries = [_with_entries(bench, noop, base, count) for count in counts]
    bench.write_clients(bench.list_text)
    return {"by_entries": by_entries}


ALL = {"sessions": sessions, "smtp": smtp, "reload": reload, "start": start, "memory": memory,
       "idle": idle, "connection_table": connection_table, "growth": growth}
