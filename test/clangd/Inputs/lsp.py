"""A small LSP client: enough to talk to a clangd as an editor does."""
import json
import pathlib
import queue
import subprocess
import sys
import threading
import time


class Server:
    """Runs COMMAND and performs the handshake. Every message is appended to LOG (a path), if given."""

    def __init__(self, command, root, log=None, commands=None, environment=None):
        self.log = open(log, "w") if log else None
        self.stderr = open(str(log) + ".stderr", "w") if log else subprocess.DEVNULL
        self.process = subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.stderr, env=environment)
        self.messages = queue.Queue()
        self.last_id = 0
        self.versions = {}
        threading.Thread(target=self._read, daemon=True).start()
        # Without dynamic registration and progress, clangd asks the client nothing back.
        self.capabilities = self.request("initialize", {
            "processId": None,
            "rootUri": uri(root),
            "capabilities": {"textDocument": {
                "publishDiagnostics": {"relatedInformation": True, "codeDescriptionSupport": True},
                "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}}}},
            "initializationOptions": {"compilationDatabaseChanges": commands or {}},
        })["capabilities"]
        self.notify("initialized", {})

    def _read(self):
        stream = self.process.stdout
        while True:
            length = None
            while (line := stream.readline().strip()):
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if length is None:
                self.messages.put(None)
                return
            self.messages.put(json.loads(stream.read(length)))

    def _send(self, message):
        message = {"jsonrpc": "2.0", **message}
        self._record("-->", message)
        data = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self.process.stdin.flush()

    def _record(self, arrow, message):
        if self.log:
            self.log.write(f"{arrow} {json.dumps(message)}\n")
            self.log.flush()

    def _next(self, seconds):
        try:
            message = self.messages.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError(f"the server said nothing for {seconds:.0f} s") from None
        if message is None:
            raise RuntimeError(f"the server ended with {self.process.wait()}")
        self._record("<--", message)
        return message

    def wait(self, wanted, seconds=400):
        """The first message for which WANTED is true; others are dropped."""
        end = time.monotonic() + seconds
        while True:
            message = self._next(max(0.1, end - time.monotonic()))
            if wanted(message):
                return message

    def notify(self, method, params):
        self._send({"method": method, "params": params})

    def request(self, method, params):
        self.last_id += 1
        wanted = self.last_id
        self._send({"id": wanted, "method": method, "params": params})
        answer = self.wait(lambda message: message.get("id") == wanted and "method" not in message)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def open(self, path, text=None):
        self.versions[uri(path)] = 1
        text = pathlib.Path(path).read_text() if text is None else text
        self.notify("textDocument/didOpen",
                    {"textDocument": {"uri": uri(path), "languageId": "cpp", "version": 1, "text": text}})

    def change(self, path, changes):
        """CHANGES: the whole new text, or a list of LSP's content changes."""
        self.versions[uri(path)] += 1
        if isinstance(changes, str):
            changes = [{"text": changes}]
        self.notify("textDocument/didChange", {
            "textDocument": {"uri": uri(path), "version": self.versions[uri(path)]}, "contentChanges": changes})

    def diagnostics(self, path, seconds=400):
        """What is published for the newest version of PATH."""
        version = self.versions[uri(path)]
        message = self.wait(lambda message: message.get("method") == "textDocument/publishDiagnostics"
                            and message["params"]["uri"] == uri(path)
                            and message["params"].get("version") == version, seconds)
        return message["params"]["diagnostics"]

    def all_diagnostics(self, paths, seconds=400):
        """The same of several, in whatever order they come."""
        found = {}
        while len(found) < len(paths):
            message = self.wait(lambda message: message.get("method") == "textDocument/publishDiagnostics", seconds)
            if message["params"].get("version") == self.versions.get(message["params"]["uri"]):
                found[message["params"]["uri"]] = message["params"]["diagnostics"]
        return [found[uri(path)] for path in paths]

    def settled(self, path, quiet=12):
        """None, or what is published last for the newest version of PATH: clangd speaks first with the preamble that it has."""
        found = None
        while True:
            try:
                found = self.diagnostics(path, quiet)
            except TimeoutError:
                return found

    def close(self, path):
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri(path)}})

    def code_actions(self, path, diagnostic):
        return self.request("textDocument/codeAction", {
            "textDocument": {"uri": uri(path)}, "range": diagnostic["range"],
            "context": {"diagnostics": [diagnostic], "only": ["quickfix"]}})

    def shutdown(self):
        """The exit status after a proper good-bye."""
        self.request("shutdown", None)
        self.notify("exit", None)
        return self.process.wait(timeout=60)

    def resident_kilobytes(self):
        # Pss: a precompiled header that is mapped for several files is in memory once.
        rollup = pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return int(rollup.split("\nPss:")[1].split()[0])


def uri(path):
    return pathlib.Path(path).absolute().as_uri()


def command_for(path, flags):
    """An entry of initializationOptions.compilationDatabaseChanges."""
    path = pathlib.Path(path).absolute()
    return {str(path): {"workingDirectory": str(path.parent), "compilationCommand": ["clang++", *flags, str(path)]}}


def apply_edits(text, edits):
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    offset = lambda position: starts[position["line"]] + position["character"]
    for edit in sorted(edits, key=lambda edit: offset(edit["range"]["start"]), reverse=True):
        text = text[:offset(edit["range"]["start"])] + edit["newText"] + text[offset(edit["range"]["end"]):]
    return text


def expect(condition, what):
    """Prints what holds, and ends the script where it does not."""
    script = pathlib.Path(sys.argv[0]).stem
    if not condition:
        sys.exit(f"{script}: failed: {what}")
    print(f"{script}: {what}")


def rules(diagnostics):
    return sorted(diagnostic["code"] for diagnostic in diagnostics)
