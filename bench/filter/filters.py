"""The two filters under measurement, and the load on them. Each is a child that ends with us."""

import ctypes
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import lists

PATIENCE = 30  # seconds
DESCRIPTORS = 20_000
PR_SET_PDEATHSIG = 1
NOBODY = 65534


class Failure(Exception):
    """The measurement cannot go on, or has found a filter that answers wrongly."""


def raise_descriptor_limit():
    """Enough for 10,000 sessions at both ends."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < DESCRIPTORS and os.geteuid() == 0:
        hard = DESCRIPTORS
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(DESCRIPTORS, hard), hard))


def _end_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _become_nobody():
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    _end_with_parent()  # a change of user would clear it


class Filter:
    """A filter that runs, in a directory of its own. Use it in a `with`."""

    name = "?"

    def __init__(self, bin_directory):
        self.bin = bin_directory
        self.directory = tempfile.mkdtemp(prefix="portcullis-bench-")
        os.chmod(self.directory, 0o755)
        if os.geteuid() == 0:
            os.chown(self.directory, NOBODY, NOBODY)
        self.socket = os.path.join(self.directory, "milter.sock")
        self.process = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def command(self):
        raise NotImplementedError

    def log_target(self):
        return os.devnull

    def launch(self, environment=None):
        log = open(self.log_target(), "ab")
        self.process = subprocess.Popen(
            self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            preexec_fn=_become_nobody, env=environment)
        log.close()

    def start(self):
        self.launch()
        end = time.monotonic() + PATIENCE
        while not os.path.exists(self.socket) or not self.answers():
            if self.process.poll() is not None or time.monotonic() > end:
                raise Failure(f"{self.name} does not start: {' '.join(self.command())}")
            time.sleep(0.005)
        os.chmod(self.socket, 0o666)

    def answers(self):
        probe = socket.socket(socket.AF_UNIX)
        try:
            probe.settimeout(PATIENCE)
            probe.connect(self.socket)
            return MilterProbe(probe).let_in("[192.0.2.1]", "192.0.2.1")
        except OSError:
            return False
        finally:
            probe.close()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
        if self.process is not None:
            self.process.wait()
        self.process = None
        if os.path.exists(self.socket):
            os.unlink(self.socket)

    def memory(self, key):
        """VmRSS or VmHWM in bytes."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            for line in status:
                if line.startswith(key + ":"):
                    return int(line.split()[1]) * 1024
        raise Failure(f"{self.name} has ended")

    def forget_peak(self):
        with open(f"/proc/{self.process.pid}/clear_refs", "w", encoding="ascii") as file:
            file.write("5")

    def load_command(self, *arguments):
        return [os.path.join(self.bin, "load_generator"), "--socket", self.socket, "--json",
                *map(str, arguments)]

    def load(self, *arguments):
        return run_json(self.load_command(*arguments))


class NoopFilter(Filter):
    name = "no-op"

    def __init__(self, bin_directory, hears_helo=False):
        super().__init__(bin_directory)
        self.hears_helo = hears_helo

    def command(self):
        helo = ["--hear-helo"] if self.hears_helo else []
        return [os.path.join(self.bin, "noop_filter"), "--socket", "unix:" + self.socket, *helo]


class Portcullisd(Filter):
    name = "portcullisd"

    def __init__(self, bin_directory, list_text=None, hears_helo=False, log=os.devnull):
        super().__init__(bin_directory)
        self.policy = os.path.join(self.directory, "portcullis.conf")
        self.list = os.path.join(self.directory, "deny.list")
        self.log = log
        self.hears_helo = hears_helo
        self.take_list(list_text)

    def take_list(self, list_text):
        """For the next start: everything in the list is denied; without one, nobody."""
        if list_text is not None:
            self.write(self.list, list_text)
        self.write(self.policy,
                   lists.policy(self.directory, list_text is not None, self.hears_helo))

    @staticmethod
    def write(path, text):
        with open(path, "w", encoding="ascii") as file:
            file.write(text)

    def command(self):
        return [os.path.join(self.bin, "portcullisd"), "-c", self.policy]

    def log_target(self):
        return self.log

    def start_measured(self):
        """Seconds from exec to the first session that is let in, and to READY=1."""
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = os.path.join(self.directory, "notify.sock")
        notify.bind(path)
        os.chmod(path, 0o666)
        notify.setblocking(False)
        begin = time.monotonic()
        self.launch(dict(os.environ, NOTIFY_SOCKET=path))
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() - begin > PATIENCE:
                raise Failure("portcullisd does not start")
            time.sleep(0.001)
        accepted = time.monotonic() - begin
        notify.settimeout(PATIENCE)
        ready = None
        while ready is None:
            if b"READY=1" in notify.recv(4096):
                ready = time.monotonic() - begin
        notify.close()
        os.unlink(path)
        return accepted, ready

    def cli(self, *arguments):
        command = [os.path.join(self.bin, "portcullis"), "-c", self.policy, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        if done.returncode != 0:
            raise Failure(f"{' '.join(command)}: {done.stderr}")
        return done.stdout

    def status(self):
        return json.loads(self.cli("status", "--json"))

    def ask(self, request):
        """By the control socket itself: the start of a program would be measured with it."""
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(PATIENCE)
            control.connect(os.path.join(self.directory, "control.sock"))
            control.sendall(request + b"\n")
            return json.loads(b"".join(iter(lambda: control.recv(65536), b"")))

    def reload(self):
        answer = self.ask(b"reload")
        if not answer["ok"]:
            raise Failure(f"reload: {answer}")


class MilterProbe:
    """One session, by hand: for when a process more would be measured with it."""

    def __init__(self, connection):
        self.connection = connection

    def send(self, command, data):
        self.connection.sendall((len(data) + 1).to_bytes(4, "big") + command + data)

    def receive(self):
        data = b""
        while len(data) < 4 or len(data) < 4 + int.from_bytes(data[:4], "big"):
            more = self.connection.recv(4096)
            if not more:
                raise ConnectionError("hung up")
            data += more
        return data[4:5], data[5:]

    def let_in(self, host, address):
        self.send(b"O", b"".join(n.to_bytes(4, "big") for n in (6, 0x1FF, 0x1FFFFF)))
        self.receive()
        self.send(b"C", host.encode() + b"\0" + b"4" + (40000).to_bytes(2, "big") +
                  address.encode() + b"\0")
        answer, _ = self.receive()
        self.send(b"Q", b"")
        return answer == b"c"


def run_json(command):
    """The last line that the command prints, as JSON."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=120,
                          preexec_fn=_end_with_parent)
    if done.returncode != 0:
        raise Failure(f"{' '.join(command)}: {done.stderr.strip()}")
    return json.loads(done.stdout.splitlines()[-1])


class BackgroundLoad:
    """A load that runs while something else is measured. Use it in a `with`, then take result()."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, preexec_fn=_end_with_parent)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def wait_until_held(self):
        line = self.process.stdout.readline()
        if not line.startswith("holding"):
            raise Failure(f"no sessions held: {line}{self.process.stderr.read()}")

    def result(self):
        output, errors = self.process.communicate(timeout=120)
        if self.process.returncode != 0:
            raise Failure(f"load: {errors.strip()}")
        return json.loads(output.splitlines()[-1])
