"""Uploads: bodies that are files. They are read as they come, a piece at a time, into a file of
their own on disk, so that none is ever whole in memory.
"""

from __future__ import annotations

import dataclasses
import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from typing import IO, Any, ClassVar

from rest_framework.parsers import BaseParser

from common.problems import BodyTooLarge, MediaTypeUnsupported
from partners.models import Import

MOST_BYTES = 256 * 1024 * 1024  # of an upload, packed or not
PIECE = 1 << 20  # bytes read at once, and kept in one row
IN_MEMORY = 2 * PIECE  # of a small file
ENCODINGS = ("", "identity", "gzip")


@dataclasses.dataclass(frozen=True, slots=True)
class Upload:
    """A file that has come: what it says it is, its length and SHA-256."""

    file: IO[bytes]
    form: str
    size: int
    sha256: str

    def pieces(self) -> Iterator[bytes]:
        """The file from its beginning, a piece at a time."""
        self.file.seek(0)
        while piece := self.file.read(PIECE):
            yield piece


def receive(stream: Any, *, form: str) -> Upload:
    """Read a stream to its end. Raises BodyTooLarge."""
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - goes with the upload
    found, size = hashlib.sha256(), 0
    while piece := stream.read(PIECE):
        size += len(piece)
        if size > MOST_BYTES:
            raise BodyTooLarge(
                f"A file has at most {MOST_BYTES // 1024**2} MiB. Pack it with gzip, or send it "
                "in parts."
            )
        found.update(piece)
        file.write(piece)
    return Upload(file, form, size, found.hexdigest())


class FileParser(BaseParser):
    """A body of a kind that is a file; it may be packed with gzip, and need not say so."""

    form: ClassVar[str]

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        headers = parser_context["request"].headers if parser_context else {}
        if headers.get("Content-Encoding", "") not in ENCODINGS:
            raise MediaTypeUnsupported("Send the file as it is, or packed with gzip.")
        return receive(stream, form=self.form)


class CsvParser(FileParser):
    media_type = "text/csv"
    form = Import.Form.CSV


class NdjsonParser(FileParser):
    media_type = "application/x-ndjson"
    form = Import.Form.NDJSON
