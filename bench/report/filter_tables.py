"""What else the run of the filter has found, and how its cost grows."""

from report.figures import megabytes, table


def _beside(found):
    """Figures that belong to no target: | what | portcullisd | beside | ratio |"""
    if "sessions" in found:
        paced, helo = found["sessions"]["paced"], found["sessions"]["with_helo"][0]
        log = found["sessions"]["logging"]
        yield [f"CONNECT p50 at {paced['clients']} clients, 2,000 sessions/s, no queue",
               f"{paced['p50']:.0f} µs", f"no-op {paced['noop_p50']:.0f} µs", ""]
        yield ["CONNECT p99, the same", f"{paced['p99']:.0f} µs",
               f"no-op {paced['noop_p99']:.0f} µs", f"{paced['p99_ratio']:.2f}x"]
        yield [f"sessions/s with HELO heard, {helo['clients']} clients", f"{helo['rate']:,.0f}",
               f"no-op {helo['noop_rate']:,.0f}", f"{helo['rate_ratio']:.2f}x"]
        yield ["sessions/s with the log on a file", f"{log['to_file']:,.0f}",
               f"on /dev/null {log['to_null']:,.0f}", f"{log['ratio']:.2f}x"]
        yield ["lines of that log dropped", f"{log['dropped']:,}", f"of {log['verdicts']:,}", ""]
    if "reload" in found:
        full = found["reload"]["saturated"]
        yield ["CONNECT p99 during a reload at full load", f"{full['p99_during']:,.0f} µs",
               f"before it {full['p99_before']:,.0f} µs", f"{full['p99_ratio']:.2f}x"]
        yield [f"resident memory after {found['reload']['reloads_ok']} reloads",
               megabytes(found["reload"]["rss_after"]),
               f"at start {megabytes(found['reload']['steady_rss'])}", ""]
    if "memory" in found:
        noop = found["memory"]["noop"]["by_idle"]
        for count, resident in found["memory"]["full"]["by_idle"].items():
            yield [f"resident memory with {int(count):,} idle sessions", megabytes(resident),
                   f"no-op {megabytes(noop[count])}", ""]


def _measured(part):
    return {name: found for name, found in part["results"].items() if "failed" not in found}


def beside(part):
    return table(["measure", "portcullisd", "beside", "ratio"], _beside(_measured(part)))


def sessions_held(part):
    every = _measured(part).get("idle", {"growth": []})["growth"]
    return table(["sessions held", "portcullisd, sessions/s", "no-op, sessions/s", "ratio"],
                 [[f"{each['idle']:,}", f"{each['rate']:,.0f}", f"{each['noop_rate']:,.0f}",
                   f"{each['rate_ratio']:.2f}x"] for each in every])


def entries(part):
    every = _measured(part).get("growth", {"by_entries": []})["by_entries"]
    return table(
        ["entries", "start", "reload", "memory", "bytes an entry", "portcullisd, sessions/s",
         "no-op, sessions/s", "ratio"],
        [[f"{each['entries']:,}", f"{each['start']:.3f} s", f"{each['reload']:.3f} s",
          megabytes(each["table"]), f"{each['table'] / each['entries']:.1f}",
          f"{each['rate']:,.0f}", f"{each['noop_rate']:,.0f}", f"{each['rate_ratio']:.2f}x"]
         for each in every])
