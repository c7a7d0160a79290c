#!/usr/bin/env python3
"""A disk that forgets: a file system that keeps what is written in memory and hands it on only when it is asked to flush.

    disk.py BACKING MOUNTPOINT [--early 0.1] [--seed 1] [--lie FILE]

SIGKILL of this process is the power cut: what was flushed lies in BACKING, all else is gone. As real disks do, it writes
some of what nobody flushed all the same, in no order: each write is handed on early with the chance `--early`. While the
file named by `--lie` exists, flushing does nothing but say so, as a disk does that lies about it.

Needs fusepy and libfuse2. One thread; files are named by their paths, as SQLite does; there are no links.
"""

import argparse
import errno
import os
import pathlib
import random
import sys

from fuse import FUSE, FuseOSError, Operations


class File:
    """Content as the programs see it, and the pieces of it that the disk does not have yet."""

    def __init__(self, path):
        self.path = path
        self.content = bytearray(path.read_bytes())
        self.pieces, self.cut = [], False

    def write(self, data, offset):
        end = offset + len(data)
        if len(self.content) < end:
            self.content.extend(bytes(end - len(self.content)))
        self.content[offset:end] = data

    def truncate(self, length):
        self.content = self.content[:length] + bytes(max(0, length - len(self.content)))
        self.cut = True

    def flush(self):
        with open(self.path, "r+b") as disk:
            for offset, length in self.pieces:
                disk.seek(offset)
                disk.write(self.content[offset:offset + length])
            if self.cut:
                disk.truncate(len(self.content))
        self.pieces, self.cut = [], False


class Disk(Operations):
    def __init__(self, backing, early, seed, lie):
        self.backing, self.early, self.lie = pathlib.Path(backing), early, lie and pathlib.Path(lie)
        self.chance, self.files = random.Random(seed), {}

    def real(self, path):
        return self.backing / path.lstrip("/")

    def file(self, path):
        if path not in self.files:
            real = self.real(path)
            if not real.is_file():
                raise FuseOSError(errno.ENOENT)
            self.files[path] = File(real)
        return self.files[path]

    def getattr(self, path, handle=None):
        try:
            status = os.lstat(self.real(path))
        except OSError as error:
            raise FuseOSError(error.errno) from error
        found = {key: getattr(status, key) for key in ("st_mode", "st_nlink", "st_uid", "st_gid", "st_size",
                                                       "st_atime", "st_mtime", "st_ctime")}
        if path in self.files:
            found["st_size"] = len(self.files[path].content)
        return found

    def readdir(self, path, handle):
        return [".", "..", *os.listdir(self.real(path))]

    def create(self, path, mode, info=None):
        os.close(os.open(self.real(path), os.O_CREAT | os.O_RDWR, mode))
        self.file(path)
        return 0

    def open(self, path, flags):
        if flags & os.O_TRUNC:
            self.file(path).truncate(0)
        self.file(path)
        return 0

    def read(self, path, size, offset, handle):
        return bytes(self.file(path).content[offset:offset + size])

    def write(self, path, data, offset, handle):
        file = self.file(path)
        file.write(data, offset)
        if self.chance.random() < self.early:
            with open(file.path, "r+b") as disk:
                disk.seek(offset)
                disk.write(data)
        else:
            file.pieces.append((offset, len(data)))
        return len(data)

    def truncate(self, path, length, handle=None):
        self.file(path).truncate(length)

    def fsync(self, path, only_data, handle):
        if not (self.lie and self.lie.exists()):
            self.file(path).flush()
        return 0

    def unlink(self, path):
        self.files.pop(path, None)
        os.unlink(self.real(path))

    def rename(self, old, new):
        self.file(old)
        self.files[new] = self.files.pop(old)
        self.files[new].path = self.real(new)
        os.rename(self.real(old), self.real(new))

    def mkdir(self, path, mode):
        os.mkdir(self.real(path), mode)

    def rmdir(self, path):
        os.rmdir(self.real(path))

    def chmod(self, path, mode):
        os.chmod(self.real(path), mode)

    def chown(self, path, user, group):
        return 0

    def utimens(self, path, times=None):
        return 0

    def statfs(self, path):
        status = os.statvfs(self.backing)
        return {key: getattr(status, key) for key in ("f_bavail", "f_bfree", "f_blocks", "f_bsize", "f_frsize",
                                                      "f_namemax")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("backing")
    parser.add_argument("mountpoint")
    parser.add_argument("--early", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lie")
    chosen = parser.parse_args()
    disk = Disk(chosen.backing, chosen.early, chosen.seed, chosen.lie)
    FUSE(disk, chosen.mountpoint, foreground=True, nothreads=True)


if __name__ == "__main__":
    sys.exit(main())
