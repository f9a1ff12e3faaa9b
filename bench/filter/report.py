"""The figures as a Markdown fragment: one row for each target, then what grows and how."""

VERDICT = {True: "met", False: "**fallen short**"}


def _row(target, measure, wanted, command, ours, anchor, ratio, met):
    return (f"| {target} | {measure} | {wanted} | `{command}` | {ours} | {anchor} | {ratio} | "
            f"{VERDICT[met]} |")


def _mb(count):
    return f"{count / 1e6:.1f} MB"


def sessions_rows(found):
    every = found["by_clients"]
    worst = min(every, key=lambda each: each["rate_ratio"])
    yield _row("F1", "sessions/s, a million entries, all limits on, 1, 4, 16, 64 clients",
               "≥ 0.97x", "measure --only sessions",
               ", ".join(f"{each['rate']:,.0f}" for each in every),
               "no-op: " + ", ".join(f"{each['noop_rate']:,.0f}" for each in every),
               ", ".join(f"{each['rate_ratio']:.2f}x" for each in every),
               worst["rate_ratio"] >= 0.97)
    late = max(every, key=lambda each: each["p99_ratio"])
    yield _row("F2", "p99 of the answer to CONNECT, µs, same runs", "≤ 1.05x",
               "measure --only sessions", ", ".join(f"{each['p99']:,.0f}" for each in every),
               "no-op: " + ", ".join(f"{each['noop_p99']:,.0f}" for each in every),
               ", ".join(f"{each['p99_ratio']:.2f}x" for each in every),
               late["p99_ratio"] <= 1.05)


def smtp_rows(found):
    by_entries = found["by_entries"]
    largest = by_entries[-1]
    yield _row("F3", f"Postfix connections/s, {largest['entries']:,} entries", "≥ 0.98x",
               "measure --only smtp", f"{largest['ours']:,.0f}",
               f"no-op: {found['noop']:,.0f}; no milter: {found['none']:,.0f}",
               f"{largest['against_noop']:.2f}x", largest["against_noop"] >= 0.98)
    yield _row("F4", "Postfix connections/s against `cidr:`, "
               + ", ".join(f"{each['entries']:,}" for each in by_entries) + " entries",
               "> 1x each", "measure --only smtp",
               ", ".join(f"{each['ours']:,.0f}" for each in by_entries),
               "cidr: " + ", ".join(f"{each['cidr']:,.0f}" for each in by_entries),
               ", ".join(f"{each['against_cidr']:.2f}x" for each in by_entries),
               all(each["against_cidr"] > 1 for each in by_entries))


def reload_rows(found):
    paced = found["paced"]
    quiet = min(found["quiet_seconds"])
    ratio = paced["p99_during"] / paced["p99_without"]
    yield _row("F5", "reload of a million entries at 1,500 sessions/s: p99 of CONNECT during, "
               "seconds (alone; under load), peak memory",
               "none failed; ≤ 1.2x; ≤ 0.5 s; ≤ 3x", "measure --only reload",
               f"none failed of {paced['sessions']:,}; {paced['p99_during']:,.0f} µs; "
               f"{quiet:.2f} s ({max(paced['reload_seconds']):.2f} s); "
               f"{_mb(found['peak_rss'] - found['base_rss'])}",
               f"without a reload: {paced['p99_without']:,.0f} µs; "
               f"steady table: {_mb(found['steady_rss'] - found['base_rss'])}",
               f"{ratio:.2f}x; {found['peak_against_table']:.2f}x",
               ratio <= 1.2 and quiet <= 0.5 and found["peak_against_table"] <= 3)


def start_rows(found):
    yield _row("F6", "start to the first session let in, a million entries; READY=1", "≤ 1 s",
               "measure --only start", f"{found['accepted']:.2f} s; {found['ready']:.2f} s", "", "",
               found["accepted"] <= 1)


def memory_rows(found):
    yield _row("F7", "RSS of a million entries beside the base; of an idle session",
               "≤ 40 MB; ≤ 1.5x", "measure --only memory",
               f"{_mb(found['table'])}; {found['full']['per_session']:,.0f} B",
               f"base: {_mb(found['empty']['rss'])}; no-op: "
               f"{found['noop']['per_session']:,.0f} B",
               f"{found['session_ratio']:.2f}x",
               found["table"] <= 40e6 and found["session_ratio"] <= 1.5)


def idle_rows(found):
    active = found["active_100"]
    yield _row("F8", "sessions/s of 100 clients beside 10,000 idle sessions", "≥ 0.95x",
               "measure --only idle", f"{active['rate']:,.0f}", f"no-op: {active['noop_rate']:,.0f}",
               f"{active['rate_ratio']:.2f}x", active["rate_ratio"] >= 0.95)


def connection_table_rows(found):
    after = found["churn"]["rss_after_flood"]
    # Flat: what many floods leave is what one leaves.
    flat = after[-1] <= 1.1 * after[1] + 1e6
    yield _row("F9", "acquire and release of one thread of two, a million distinct keys; "
               "a million held at once; memory left", "≤ 300 ns; flat", "lease_churn",
               f"{found['ns']:.0f} ns; {found['flood_ns']:.0f} ns; "
               f"{', '.join(_mb(each) for each in after)} after each flood", "", "",
               found["ns"] <= 300 and flat)


ROWS = {"sessions": sessions_rows, "smtp": smtp_rows, "reload": reload_rows, "start": start_rows,
        "memory": memory_rows, "idle": idle_rows, "connection_table": connection_table_rows}


def _sessions_notes(found):
    paced, helo, log = found["paced"], found["with_helo"][0], found["logging"]
    yield (f"At {paced['clients']} clients and 2,000 sessions/s, no queue: CONNECT p50 "
           f"{paced['p50']:.0f} µs against {paced['noop_p50']:.0f} µs, p99 {paced['p99']:.0f} µs "
           f"against {paced['noop_p99']:.0f} µs ({paced['p99_ratio']:.2f}x).")
    yield (f"With HELO heard (answer_at = helo), {helo['clients']} clients: {helo['rate']:,.0f} "
           f"sessions/s against {helo['noop_rate']:,.0f} ({helo['rate_ratio']:.2f}x).")
    yield (f"All of it with one log line a verdict on /dev/null. On a file: "
           f"{log['to_file']:,.0f} sessions/s against {log['to_null']:,.0f} "
           f"({log['ratio']:.2f}x), {log['bytes_per_verdict']:.0f} bytes a line, "
           f"{log['dropped']:,} of {log['verdicts']:,} lines dropped.")


def _reload_notes(found):
    paced, full = found["paced"], found["saturated"]
    yield (f"CONNECT p50 during a reload {paced['p50_during']:.0f} µs, without "
           f"{paced['p50_without']:.0f} µs. At full load ({full['rate']:,.0f} sessions/s, both "
           f"processors busy before the reload begins): p99 {full['p99_during']:,.0f} µs against "
           f"{full['p99_without']:,.0f} µs, reload {max(full['reload_seconds']):.2f} s. RSS after "
           f"{found['reloads_ok']} reloads {_mb(found['rss_after'])}, at start "
           f"{_mb(found['steady_rss'])}.")


def _memory_notes(found):
    counts = list(found["full"]["by_idle"])
    yield ("RSS with " + ", ".join(f"{int(count):,}" for count in counts) + " idle sessions: "
           + ", ".join(_mb(each) for each in found["full"]["by_idle"].values()) + "; no-op "
           + ", ".join(_mb(each) for each in found["noop"]["by_idle"].values()) + ".")


def _idle_notes(found):
    yield "Growth with sessions held, 4 clients (sessions/s):\n"
    yield "| held | portcullisd | no-op | ratio |\n|---|---|---|---|\n" + "\n".join(
        f"| {each['idle']:,} | {each['rate']:,.0f} | {each['noop_rate']:,.0f} | "
        f"{each['rate_ratio']:.2f}x |" for each in found["growth"])


def _growth_notes(found):
    yield "Growth with the list, 4 clients (start to the first session let in; sessions/s):\n"
    yield ("| entries | start | reload | memory | bytes an entry | portcullisd | no-op | ratio | "
           "CONNECT p50 |\n|---|---|---|---|---|---|---|---|---|\n" + "\n".join(
               f"| {each['entries']:,} | {each['start']:.3f} s | {each['reload']:.3f} s | "
               f"{_mb(each['table'])} | {each['table'] / each['entries']:.1f} | "
               f"{each['rate']:,.0f} | {each['noop_rate']:,.0f} | {each['rate_ratio']:.2f}x | "
               f"{each['p50']:.0f} µs |" for each in found["by_entries"]))


NOTES = {"sessions": _sessions_notes, "reload": _reload_notes, "memory": _memory_notes,
         "idle": _idle_notes, "growth": _growth_notes}


def markdown(figures):
    lines = ["| # | measure | target | command | ours | anchor | ratio | verdict |",
             "|---|---|---|---|---|---|---|---|"]
    for key, found in figures.items():
        if key in ROWS:
            lines += ROWS[key](found)
    for key, found in figures.items():
        if key in NOTES:
            lines += ["", *NOTES[key](found)]
    return "\n".join(lines) + "\n"
