#!/usr/bin/env python3
"""object_server.py FOLDER LOG: the files of FOLDER/BUCKET/KEY as an object store, on a port of this machine that is printed. GET and
HEAD with ranges, and the listing (ListObjectsV2) that S3 has; whoever asks may read. Last-Modified is the file's time. Each request is
a line of LOG."""
import datetime, email.utils, hashlib, http.server, os, sys, urllib.parse
from xml.sax.saxutils import escape

ROOT, LOG = os.path.abspath(sys.argv[1]), sys.argv[2]


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=b'', headers={}):
        self.send_response(status)
        for name, value in {'Content-Length': str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def list_objects(self, bucket, query):
        prefix = query.get('prefix', [''])[0]
        out = '<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated>'
        for folder, _, names in sorted(os.walk(os.path.join(ROOT, bucket))):
            for name in sorted(names):
                path = os.path.join(folder, name)
                key = os.path.relpath(path, os.path.join(ROOT, bucket))
                if not key.startswith(prefix):
                    continue
                status = os.stat(path)
                time = datetime.datetime.fromtimestamp(int(status.st_mtime), datetime.timezone.utc)
                with open(path, 'rb') as file:
                    etag = hashlib.md5(file.read()).hexdigest()
                out += (f'<Contents><Key>{escape(urllib.parse.quote(key))}</Key><LastModified>{time:%Y-%m-%dT%H:%M:%S}.000Z</LastModified>'
                        f'<ETag>&quot;{etag}&quot;</ETag><Size>{status.st_size}</Size><StorageClass>STANDARD</StorageClass></Contents>')
        self.answer(200, (out + '</ListBucketResult>').encode(), {'Content-Type': 'application/xml'})

    def do_GET(self):
        with open(LOG, 'a') as log:
            log.write(f'{self.command} {urllib.parse.unquote(self.path)}\n')
        url = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(url.query)
        path = urllib.parse.unquote(url.path).lstrip('/')
        if 'list-type' in query:
            return self.list_objects(path.rstrip('/'), query)
        full = os.path.join(ROOT, path)
        if not os.path.isfile(full):
            return self.answer(404)
        with open(full, 'rb') as file:
            body = file.read()
        headers = {'Last-Modified': email.utils.formatdate(int(os.stat(full).st_mtime), usegmt=True), 'Accept-Ranges': 'bytes',
                   'ETag': '"' + hashlib.md5(body).hexdigest() + '"'}
        wanted = self.headers.get('Range')
        if self.command == 'HEAD':
            headers['Content-Length'] = str(len(body))
            return self.answer(200, b'', headers)
        if not wanted:
            return self.answer(200, body, headers)
        first, last = wanted.removeprefix('bytes=').split('-')
        begin = int(first) if first else len(body) - int(last)
        end = min(int(last), len(body) - 1) if first and last else len(body) - 1
        headers['Content-Range'] = f'bytes {begin}-{end}/{len(body)}'
        self.answer(206, body[begin:end + 1], headers)

    do_HEAD = do_GET


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Server)
print(server.server_port, flush=True)
server.serve_forever()
