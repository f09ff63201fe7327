"""A package registry on this machine, for tests/deps/run: registry.py FOLDER PORT_FILE.

Makes the archives of a few packages in FOLDER and serves them with the JSON that dbt's registry answers. Writes the port it
listens on to PORT_FILE. Requests are written to FOLDER/requests.log; a file FOLDER/broken makes every answer an error."""

import functools
import http.server
import io
import json
import os
import sys
import tarfile

# name: {version: what its dbt_project.yml and packages.yml say}
PACKAGES = {
    "acme/util": {
        "0.9.0": {},
        "1.0.0": {},
        "1.1.0": {},
        "1.2.0": {},
        "2.0.0-rc1": {},
        "3.0.0": {"requires": [">=99.0.0"]},
    },
    "acme/lib": {
        "1.0.0": {"packages": [{"package": "acme/util", "version": [">=1.0.0", "<1.2.0"]}]},
        "2.0.0": {"packages": [{"package": "acme/util", "version": "0.9.0"}]},
    },
    "old/util": {"1.0.0": {}},
}
REDIRECTS = {"old/util": ("acme", "util")}


def archive(name, version, about):
    project = name.split("/")[1]
    files = {
        "dbt_project.yml": f"name: {project}\nversion: {version}\n",
        f"macros/{project}.sql": "{% macro " + project + "_version() %}" + version + "{% endmacro %}\n",
    }
    if "packages" in about:
        files["packages.yml"] = json.dumps({"packages": about["packages"]})
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for path, text in files.items():
            entry = tarfile.TarInfo(f"{project}-{version}/{path}")
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
    return out.getvalue()


def write(folder, path, content):
    path = os.path.join(folder, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)


def make_site(folder, base):
    write(folder, "api/v1/index.json", json.dumps(sorted(PACKAGES)).encode())
    for name, versions in PACKAGES.items():
        space, project = name.split("/")
        entries = {}
        for version, about in versions.items():
            file = f"archives/{space}-{project}-{version}.tar.gz"
            write(folder, file, archive(name, version, about))
            entries[version] = {
                "id": f"{name}/{version}",
                "name": project,
                "version": version,
                "packages": about.get("packages", []),
                "require_dbt_version": about.get("requires", []),
                "downloads": {"tarball": f"{base}/{file}", "format": "tgz"},
            }
        moved = REDIRECTS.get(name, (None, None))
        page = {"name": project, "namespace": space, "redirectnamespace": moved[0], "redirectname": moved[1], "versions": entries}
        write(folder, f"api/v1/{name}.json", json.dumps(page).encode())


class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if os.path.exists(os.path.join(self.directory, "broken")):
            self.send_error(503)
        else:
            super().do_GET()

    def log_message(self, form, *arguments):
        with open(os.path.join(self.directory, "requests.log"), "a") as log:
            log.write(form % arguments + "\n")


folder, port_file = sys.argv[1:]
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=folder))
make_site(folder, f"http://127.0.0.1:{server.server_port}")
with open(port_file + ".part", "w") as file:
    file.write(str(server.server_port))
os.rename(port_file + ".part", port_file)
server.serve_forever()
