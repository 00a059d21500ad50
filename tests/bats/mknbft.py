#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Makes an NVMe Boot Firmware Table (NVM Express Boot Specification 1.1) from a description in JSON.

    mknbft.py FILE < description        writes the table
    mknbft.py --base64 < description    prints it for the member "nbft" of an image
    mknbft.py --describe                prints the description of the sample that is used where standard input is empty

Offsets are those of the specification's figures, written once more here, so that the tool's tables are not checked
against themselves. "patch" in the description is a list of [offset, hexadecimal bytes] that are put over the result
before the checksum; "checksum": false leaves that wrong.
"""
import base64
import ipaddress
import json
import struct
import sys
import uuid

SAMPLE = {
    "host": {"id": "6a2d1c38-52f7-4e0b-9c41-0d8b7e3f5a10", "flags": 0x17,
             "nqn": "nqn.2014-08.org.nvmexpress:uuid:6a2d1c38-52f7-4e0b-9c41-0d8b7e3f5a10"},
    "hfi": [
        {"index": 1, "sbdf": 0x6a00, "mac": "02005e100001", "ip": "192.0.2.11", "prefix": 24, "gateway": "192.0.2.1",
         "dns": "192.0.2.53", "metric": 500, "flags": 0x07, "dhcp": "192.0.2.2", "host_name": "fjord-1"},
        {"index": 2, "sbdf": 0x6a01, "mac": "02005e100002", "ip": "2001:db8:2::11", "prefix": 64, "vlan": 20,
         "flags": 0x01},
    ],
    "security": [{"index": 1, "flags": 0x45, "secret_type": 2, "keypath": "https://169.254.0.17/redfish/v1/KeyService"}],
    "discovery": [{"index": 1, "hfi": 1, "uri": "nvme+tcp://192.0.2.20:8009/",
                   "nqn": "nqn.2014-08.org.nvmexpress.discovery"}],
    "ssns": [
        {"index": 1, "flags": 0x51, "trflags": 7, "discovery": 1, "traddr": "192.0.2.20", "port": "4420", "nsid": 1,
         "nidt": 3, "nid": "7c1e9a40c2b84d55a1f00d9b6f3e2210", "hfi": 1, "more_hfis": [2],
         "nqn": "nqn.2022-06.com.example.fjordline:array:boot", "cntlid": 3},
        {"index": 2, "flags": 0x101, "traddr": "2001:db8:2::20", "port": "4420", "nsid": 2, "nidt": 2,
         "nid": "0123456789abcdef02005e0000000002", "hfi": 2, "nqn": "nqn.2022-06.com.example.fjordline:array:boot"},
    ],
}


def ip(text):
    a = ipaddress.ip_address(text) if text else None
    if a is None:
        return bytes(16)
    return bytes(10) + b"\xff\xff" + a.packed if a.version == 4 else a.packed


class Table:
    def __init__(self, d):
        self.d = d
        lists = [("hfi", 32), ("ssns", 128), ("security", 64), ("discovery", 32)]
        self.at = {"host": 128}
        at = 160
        for name, size in lists:
            self.at[name] = at
            at += size * len(d.get(name, []))
        self.heap_at, self.heap = at, b""

    def put(self, data):
        """A heap object: its offset and length; texts have a NUL behind them that does not count."""
        if not data:
            return struct.pack("<IH", 0, 0)
        if isinstance(data, str):
            data = data.encode()
        ref = struct.pack("<IH", self.heap_at + len(self.heap), len(data))
        self.heap += data + b"\0"
        return ref

    def hfi(self, h):
        info = struct.pack("<BBBBHBI", 7, 1, 3, 2, h["index"], h.get("flags", 1), h.get("sbdf", 0))
        info += bytes.fromhex(h["mac"]) + struct.pack("<HB", h.get("vlan", 0), h.get("origin", 0))
        info += ip(h.get("ip")) + bytes([h.get("prefix", 0)]) + ip(h.get("gateway")) + b"\0"
        info += struct.pack("<H", h.get("metric", 0)) + ip(h.get("dns")) + ip(h.get("dns2")) + ip(h.get("dhcp"))
        info += self.put(h.get("host_name")) + bytes(6) + bytes(12)
        assert len(info) == 128
        return struct.pack("<BBBB", 3, h["index"], h.get("valid", 1), h.get("trtype", 3)) + bytes(12) + self.put(info) + bytes(10)

    def ssns(self, s):
        ext = b""
        if s.get("flags", 1) & 0x10:
            ext = struct.pack("<BBHIHH", 9, 1, s["index"], 1 | 2 * ("asqsz" in s), s.get("cntlid", 0), s.get("asqsz", 0))
            ext += self.put(s.get("root_path")) + bytes(5)
        traddr = s.get("traddr")
        out = struct.pack("<BHHBHBB", 4, s["index"], s.get("flags", 1), s.get("trtype", 3), s.get("trflags", 0),
                          s.get("discovery", 0), 0)
        out += self.put(ip(traddr) if traddr else b"") + self.put(s.get("port")) + struct.pack("<HI", s.get("port_id", 0), s.get("nsid", 0))
        out += bytes([s.get("nidt", 0)]) + bytes.fromhex(s.get("nid", "")).ljust(16, b"\0")
        out += bytes([s.get("security", 0), s.get("hfi", 0), 0]) + self.put(bytes(s.get("more_hfis", [])))
        out += self.put(s.get("nqn")) + self.put(ext) + bytes(62)
        assert len(out) == 128
        return out

    def security(self, s):
        out = struct.pack("<BBHBB", 5, s["index"], s.get("flags", 1), s.get("secret_type", 0), 0) + bytes(30)
        return out + self.put(s.get("keypath")) + bytes(22)

    def discovery(self, x):
        out = struct.pack("<BBBBBB", 6, x.get("flags", 1), x["index"], x.get("hfi", 0), x.get("security", 0), 0)
        return out + self.put(x.get("uri")) + self.put(x.get("nqn")) + bytes(14)

    def bytes(self):
        d, host = self.d, self.d["host"]
        hid = uuid.UUID(host["id"]).bytes if host.get("id") else bytes(16)
        body = bytes([2, host.get("flags", 1)]) + hid + self.put(host.get("nqn")) + bytes(8)
        control = struct.pack("<BBBBHBB", 1, 1, 0, 0, 64, d.get("control_flags", 1), 0) + struct.pack("<IHBB", 128, 32, 1, 0)
        for name, size in (("hfi", 32), ("ssns", 128), ("security", 64), ("discovery", 32)):
            n = len(d.get(name, []))
            control += struct.pack("<IHBB", self.at[name] if n else 0, size if n else 0, 1, n)
            body += b"".join(getattr(self, name)(x) for x in d.get(name, []))
        total = self.heap_at + len(self.heap)
        header = b"NBFT" + struct.pack("<I", total) + bytes([1, 0]) + b"NVMKIT" + b"SAMPLE\0\0" + struct.pack("<I", 1) + b"NVMK"
        header += struct.pack("<III", 1, self.heap_at, len(self.heap)) + bytes(6) + bytes([1]) + bytes(13)
        out = bytearray(header + control + bytes(16) + body + self.heap)
        for at, data in d.get("patch", []):
            data = bytes.fromhex(data)
            out[at:at + len(data)] = data
        if d.get("checksum", True):
            out[9] = 0
            out[9] = -sum(out) & 0xff
        return bytes(out)


def main():
    if sys.argv[1] == "--describe":
        print(json.dumps(SAMPLE))
        return
    given = sys.stdin.read()
    table = Table(json.loads(given) if given.strip() else SAMPLE).bytes()
    if sys.argv[1] == "--base64":
        print(base64.b64encode(table).decode())
    else:
        with open(sys.argv[1], "wb") as f:
            f.write(table)


main()
