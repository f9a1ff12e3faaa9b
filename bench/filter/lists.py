"""Deny lists and policies to measure with. The same seed makes the same list."""

import random

SEED = 20261121

# In every list, so that SMTP clients on loopback can be denied. Nothing else of 127.0.0.0/8 is.
LISTED_LOOPBACK = "127.66.0.0/16"


def _ipv4(draw):
    while True:
        value = draw.getrandbits(32)
        first = value >> 24
        if 1 <= first <= 223 and first != 127:
            return value


def _ipv4_text(value):
    return f"{value >> 24}.{value >> 16 & 255}.{value >> 8 & 255}.{value & 255}"


def _ipv4_network(draw):
    length = draw.randint(20, 28)
    return f"{_ipv4_text(_ipv4(draw) >> (32 - length) << (32 - length))}/{length}"


def _ipv6_entry(draw, host):
    groups = [0x2000 + draw.getrandbits(8)] + [draw.randint(1, 0xFFFF) for _ in range(7)]
    if host:
        return ":".join(f"{group:x}" for group in groups)
    kept = draw.choice((2, 3, 3, 4, 4, 4))
    return ":".join(f"{group:x}" for group in groups[:kept]) + f"::/{16 * kept}"


def entries(count, ipv6=True):
    """A host-heavy deny list in no order: 70 % IPv4 hosts, 15 % IPv4 networks of /20 to /28, and,
    with ipv6, 15 % IPv6 hosts and networks. No entry twice."""
    draw = random.Random(SEED)
    found = {LISTED_LOOPBACK: None}
    while len(found) < count:
        kind = draw.random()
        if ipv6 and kind < 0.15:
            found[_ipv6_entry(draw, kind < 0.05)] = None
        elif kind < 0.30:
            found[_ipv4_network(draw)] = None
        else:
            found[_ipv4_text(_ipv4(draw))] = None
    return list(found)


POLICY = """[daemon]
socket = unix:{directory}/milter.sock
socket_mode = 0666
control_socket = {directory}/control.sock
state_dir = {directory}
user = nobody
max_sessions = 16000
log = stderr

[listener inbound]
default = accept
max_connections = 15000
max_connections_per_client = 20
answer_at = {answer_at}

[class partners]
action = permit
clients = 192.0.2.0/24, .partner.example
max_connections = 500
reserved_connections = 50
"""

DENY_CLASS = """
[class blocked]
action = deny
clients = file:deny.list
    .spam.example
"""


def policy(directory, with_list, hears_helo):
    """All limits on; with_list: everything in deny.list beside it is denied."""
    text = POLICY.format(directory=directory, answer_at="helo" if hears_helo else "connect")
    return text + DENY_CLASS if with_list else text
