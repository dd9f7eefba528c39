"""A double of the Hugging Face Hub, which `HF_ENDPOINT` points to.

It answers what `huggingface_hub` asks for a model: making a repository, uploads (plain
files in the commit, binary ones over Git LFS), its files at a revision, and downloads.
Addresses, statuses and headers are those of the Hub.
"""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import re
import threading
import urllib.parse
from dataclasses import dataclass, field

import yaml

LICENCES = {"apache-2.0", "cc-by-4.0", "cc-by-sa-3.0", "mit", "other", "unknown"}
REPOSITORY = r"/api/models/(?P<repository>[^/]+/[^/]+)"


@dataclass
class Repository:
    """Commits, oldest first: (sha, path -> bytes)."""

    private: bool
    commits: list[tuple[str, dict[str, bytes]]] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)

    def commit(self, files):
        sha = hashlib.sha1(repr((len(self.commits), files)).encode()).hexdigest()
        self.commits.append((sha, files))
        return sha

    def at(self, revision):
        """The commit of a branch, a tag or a sha; None if there is none."""
        wanted = self.tags.get(revision, revision)
        known = {**dict(self.commits), "main": None}
        if wanted not in known:
            return None
        return self.commits[-1] if wanted == "main" else (wanted, known[wanted])


class Hub:
    """A running Hub; `url` is its address.

    Attributes:
        repositories: `owner/name` to `Repository`.
        tokens: token to who has it; only an owner may write.
        requests: (method, path) of what was asked.
        broken: whether it answers everything with status 500.
    """

    def __init__(self):
        self.repositories: dict[str, Repository] = {}
        self.tokens = {"hf_ada": "ada", "hf_bob": "bob"}
        self.requests, self.objects, self.broken = [], {}, False

    def __enter__(self):
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.hub = self
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(self, *exception):
        self._server.shutdown()
        self._server.server_close()


class Refusal(Exception):
    """A status that is no success, and the Hub's code for it."""

    def __init__(self, status, message, code=None):
        super().__init__(message)
        self.status, self.code = status, code


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    routes = [
        ("POST", "/api/repos/create", "create"),
        ("POST", "/api/validate-yaml", "validate"),
        ("GET", rf"{REPOSITORY}(?:/revision/(?P<revision>[^/]+))?", "info"),
        ("GET", rf"{REPOSITORY}/tree/(?P<revision>[^/]+)", "tree"),
        ("POST", rf"{REPOSITORY}/preupload/main", "preupload"),
        ("POST", rf"{REPOSITORY}/commit/main", "commit"),
        ("POST", r"/(?P<repository>[^/]+/[^/]+)\.git/info/lfs/objects/batch", "batch"),
        ("PUT", r"/objects/(?P<oid>\w+)", "store"),
        ("(GET|HEAD)", r"/objects/(?P<oid>\w+)", "fetch"),
        (
            "(GET|HEAD)",
            r"/(?P<repository>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<path>.+)",
            "resolve",
        ),
    ]

    def log_message(self, *args):
        pass

    def respond(self):
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.hub = self.server.hub
        self.hub.requests.append((self.command, path))
        try:
            if self.hub.broken:
                raise Refusal(500, "Internal Server Error")
            for method, pattern, name in self.routes:
                found = re.fullmatch(pattern, path)
                if found and re.fullmatch(method, self.command):
                    getattr(self, name)(**found.groupdict())
                    return
            raise Refusal(404, f"No such route: {self.command} {path}")
        except Refusal as refusal:
            headers = {"X-Error-Message": str(refusal)}
            if refusal.code:
                headers["X-Error-Code"] = refusal.code
            self.send({"error": str(refusal)}, refusal.status, headers)

    do_GET = do_HEAD = do_POST = do_PUT = respond

    def send(self, answer, status=200, headers=None):
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    # --- who may do what --------------------------------------------------------------

    def user(self):
        """Who asks; None without a token."""
        kind, _, token = self.headers.get("Authorization", "").partition(" ")
        if kind == "Bearer" and token not in self.hub.tokens:
            raise Refusal(401, "Invalid credentials in Authorization header")
        return self.hub.tokens.get(token)

    def find(self, repository):
        user, found = self.user(), self.hub.repositories.get(repository)
        if not found or (found.private and user != repository.partition("/")[0]):
            raise Refusal(404 if user else 401, "Repository not found", "RepoNotFound")
        return found

    def check_writing(self, owner):
        if self.user() is None:
            raise Refusal(401, "Invalid username or password.")
        if self.user() != owner:
            raise Refusal(403, "You don't have the rights to write here")

    def at(self, repository, revision):
        found = self.find(repository).at(revision or "main")
        if found is None:
            raise Refusal(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        return found

    # --- uploads ----------------------------------------------------------------------

    def create(self):
        asked = json.loads(self.body)
        self.check_writing(asked["organization"])
        repository = f"{asked['organization']}/{asked['name']}"
        url = f"{self.hub.url}/{repository}"
        if repository in self.hub.repositories:
            self.send({"error": "You already created this model repo", "url": url}, 409)
            return
        made = Repository(asked.get("visibility") == "private")
        made.commit({".gitattributes": b"*.pb filter=lfs\n"})
        self.hub.repositories[repository] = made
        self.send({"url": url})

    def validate(self):
        header = json.loads(self.body)["content"].split("---\n")[1]
        licence = yaml.safe_load(header)["license"]
        wrong = [] if licence in LICENCES else [{"message": f'"license": {licence}'}]
        self.send({"errors": wrong, "warnings": []}, 400 if wrong else 200)

    def preupload(self, repository):
        self.find(repository)
        self.check_writing(repository.partition("/")[0])
        files = [
            {
                "path": file["path"],
                "uploadMode": "lfs" if b"\0" in sample(file) else "regular",
                "shouldIgnore": False,
            }
            for file in json.loads(self.body)["files"]
        ]
        self.send({"files": files})

    def batch(self, repository):
        self.check_writing(repository.partition("/")[0])
        objects = [
            {
                **{"oid": asked["oid"], "size": asked["size"]},
                "actions": {
                    "upload": {"href": f"{self.hub.url}/objects/{asked['oid']}"}
                },
            }
            for asked in json.loads(self.body)["objects"]
        ]
        self.send({"transfer": "basic", "objects": objects})

    def store(self, oid):
        if hashlib.sha256(self.body).hexdigest() != oid:
            raise Refusal(400, "The content is not that of the oid")
        self.hub.objects[oid] = self.body
        self.send({})

    def commit(self, repository):
        self.check_writing(repository.partition("/")[0])
        found = self.find(repository)
        files = dict(found.at("main")[1])
        for line in self.body.splitlines():
            item = json.loads(line)
            value = item["value"]
            if item["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif item["key"] == "lfsFile":
                files[value["path"]] = self.hub.objects[value["oid"]]
            elif item["key"] == "deletedFile":
                del files[value["path"]]
        sha = found.commit(files)
        url = f"{self.hub.url}/{repository}/commit/{sha}"
        self.send({"commitUrl": url, "commitOid": sha})

    # --- downloads --------------------------------------------------------------------

    def info(self, repository, revision):
        sha, files = self.at(repository, revision)
        self.send(
            {
                **{"id": repository, "sha": sha},
                "private": self.find(repository).private,
                "siblings": [{"rfilename": path} for path in files],
            }
        )

    def tree(self, repository, revision):
        self.send(
            [
                {
                    **{"type": "file", "path": path, "size": len(content)},
                    "oid": hashlib.sha1(content).hexdigest(),
                    **({"lfs": pointer(content)} if b"\0" in content else {}),
                }
                for path, content in self.at(repository, revision)[1].items()
            ]
        )

    def resolve(self, repository, revision, path):
        sha, files = self.at(repository, revision)
        if path not in files:
            raise Refusal(404, "Entry not found", "EntryNotFound")
        headers, content = {"X-Repo-Commit": sha}, files[path]
        if b"\0" not in content:
            headers["ETag"] = f'"{hashlib.sha1(content).hexdigest()}"'
            self.send(content, headers=headers)
            return
        oid = hashlib.sha256(content).hexdigest()
        headers |= {"X-Linked-Etag": f'"{oid}"', "X-Linked-Size": str(len(content))}
        # Objects lie on another host, where the library goes to by itself only.
        elsewhere = self.hub.url.replace("127.0.0.1", "localhost")
        headers["Location"] = f"{elsewhere}/objects/{oid}"
        self.send(b"", 302, headers)

    def fetch(self, oid):
        self.send(self.hub.objects[oid])


def sample(file):
    return base64.b64decode(file["sample"])


def pointer(content):
    oid = hashlib.sha256(content).hexdigest()
    return {"oid": oid, "size": len(content), "pointerSize": 130}
