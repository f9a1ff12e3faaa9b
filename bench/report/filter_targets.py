"""The targets F1 to F9 against what was measured."""

from report.check import Check
from report.figures import megabytes


def _clients(found):
    return f"{found['clients']} client" + ("s" if found["clients"] > 1 else "")


def sessions_checks(found):
    for each in found["by_clients"]:
        yield Check("F1", f"sessions/s, a million entries, all limits on, {_clients(each)}",
                    "≥ 0.97x", "filter/measure --only sessions", f"{each['rate']:,.0f}",
                    f"no-op {each['noop_rate']:,.0f}", f"{each['rate_ratio']:.2f}x",
                    each["rate_ratio"] >= 0.97)
    for each in found["by_clients"]:
        yield Check("F2", f"p99 of the answer to CONNECT, {_clients(each)}", "≤ 1.05x",
                    "filter/measure --only sessions", f"{each['p99']:,.0f} µs",
                    f"no-op {each['noop_p99']:,.0f} µs", f"{each['p99_ratio']:.2f}x",
                    each["p99_ratio"] <= 1.05)


def smtp_checks(found):
    largest = found["by_entries"][-1]
    yield Check("F3", f"connections/s through Postfix, {largest['entries']:,} entries", "≥ 0.98x",
                "filter/measure --only smtp", f"{largest['ours']:,.0f}",
                f"no-op {found['noop']:,.0f}; no milter {found['none']:,.0f}",
                f"{largest['against_noop']:.2f}x", largest["against_noop"] >= 0.98)
    for each in found["by_entries"]:
        yield Check("F4", f"the same, a list of {each['entries']:,}", "> 1x",
                    "filter/measure --only smtp", f"{each['ours']:,.0f}",
                    f"`cidr:` {each['cidr']:,.0f}", f"{each['against_cidr']:.2f}x",
                    each["against_cidr"] > 1)


def reload_checks(found):
    command = "filter/measure --only reload"
    paced, quiet = found["paced"], min(found["quiet_seconds"])
    # The load generator ends with an error when a session fails, and then nothing stands here.
    yield Check("F5", "a million entries reloaded at 1,500 sessions/s: sessions that fail", "0",
                command, f"0 of {paced['sessions']:,}", met=True)
    pooled = paced["pooled_p99_during"] / paced["pooled_p99_before"]
    yield Check("F5", "p99 of CONNECT, all reloads together", "≤ 1.2x", command,
                f"{paced['pooled_p99_during']:,.0f} µs",
                f"before them {paced['pooled_p99_before']:,.0f} µs", f"{pooled:.2f}x",
                pooled <= 1.2)
    yield Check("F5", "p99 of CONNECT, the median of the reloads", "≤ 1.2x", command,
                f"{paced['p99_during']:,.0f} µs", f"before it {paced['p99_before']:,.0f} µs",
                f"{paced['p99_ratio']:.2f}x", paced["p99_ratio"] <= 1.2)
    yield Check("F5", "time of a reload, alone (the slowest under load)", "≤ 0.5 s", command,
                f"{quiet:.2f} s ({max(paced['reload_seconds']):.2f} s)", met=quiet <= 0.5)
    yield Check("F5", "peak memory beside the base", "≤ 3x", command,
                megabytes(found["peak_rss"] - found["base_rss"]),
                f"steady table {megabytes(found['steady_rss'] - found['base_rss'])}",
                f"{found['peak_against_table']:.2f}x", found["peak_against_table"] <= 3)


def start_checks(found):
    yield Check("F6", "start to the first session let in, a million entries; READY=1", "≤ 1 s",
                "filter/measure --only start", f"{found['accepted']:.2f} s; {found['ready']:.2f} s",
                met=found["accepted"] <= 1)


def memory_checks(found):
    command = "filter/measure --only memory"
    yield Check("F7", "resident memory of a million entries beside the base", "≤ 40 MB", command,
                megabytes(found["table"]), f"base {megabytes(found['empty']['rss'])}",
                met=found["table"] <= 40e6)
    yield Check("F7", "resident memory of an idle session, of 10,000", "≤ 1.5x", command,
                f"{found['full']['per_session']:,.0f} B",
                f"no-op {found['noop']['per_session']:,.0f} B", f"{found['session_ratio']:.2f}x",
                found["session_ratio"] <= 1.5)


def idle_checks(found):
    active = found["active_100"]
    yield Check("F8", "sessions/s of 100 clients beside 10,000 idle sessions", "≥ 0.95x",
                "filter/measure --only idle", f"{active['rate']:,.0f}",
                f"no-op {active['noop_rate']:,.0f}", f"{active['rate_ratio']:.2f}x",
                active["rate_ratio"] >= 0.95)


def connection_table_checks(found):
    command = "lease_churn"
    after = found["churn"]["rss_after_flood"]
    yield Check("F9", "acquire and release, one thread of two, a million distinct keys "
                "(a million held at once)", "≤ 300 ns", command,
                f"{found['ns']:.0f} ns ({found['flood_ns']:.0f} ns)", met=found["ns"] <= 300)
    # Flat: what many floods leave is what one leaves.
    yield Check("F9", "resident memory after the second and the last flood", "flat", command,
                f"{megabytes(after[1])}; {megabytes(after[-1])}",
                met=after[-1] <= 1.1 * after[1] + 1e6)


# By what filter/measure calls it: the targets that it is for, and their rows.
CHECKS = {"sessions": (["F1", "F2"], sessions_checks), "smtp": (["F3", "F4"], smtp_checks),
          "reload": (["F5"], reload_checks), "start": (["F6"], start_checks),
          "memory": (["F7"], memory_checks), "idle": (["F8"], idle_checks),
          "connection_table": (["F9"], connection_table_checks)}


def checks(part):
    rows = []
    for name, (numbers, make) in CHECKS.items():
        found = part["results"].get(name)
        if found and "failed" not in found:
            rows += make(found)
            continue
        reason = found["failed"] if found else part["absent"].get(name, "not in this run")
        rows += [Check(number, name.replace("_", " "), "", f"filter/measure --only {name}",
                       reason=reason) for number in numbers]
    return sorted(rows, key=lambda check: int(check.number[1:]))
