"""Files on their way up and down: checked before they are sent, whole or not there after they came."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import os
import re
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, Protocol

from airflow_provider_covage.api.errors import InputError

FileSource = str | os.PathLike[str] | bytes | BinaryIO
"""What uploads take: a path, the content, or a binary file object that can seek."""

FileTarget = str | os.PathLike[str] | BinaryIO
"""What downloads take as `to`: a path, a folder, or a binary file object."""

KMZ = "application/vnd.google-earth.kmz"
CSV = "text/csv"
_MOST_UNPACKED = 256 * 1024 * 1024
_MOST_MEMBERS = 10_000
_BROKEN_ZIP = (
    zipfile.BadZipFile,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
)


@dataclasses.dataclass(frozen=True)
class Upload:
    """A file to send, which can be opened again for a repetition.

    Args:
        name: File name that the API is told.
        content_type: Media type.
        opener: Opens the content from its start.
    """

    name: str
    content_type: str
    opener: Callable[[], contextlib.AbstractContextManager[IO[bytes]]] = dataclasses.field(repr=False)

    @contextlib.contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the content from its start.

        Yields:
            The content.

        Raises:
            InputError: The file cannot be read any more.
        """
        with contextlib.ExitStack() as stack:
            try:
                content = stack.enter_context(self.opener())
            except OSError as error:
                raise InputError(f"{self.name} cannot be read any more: {error.strerror}") from None
            yield content


def upload(file: FileSource, *, name: str, content_type: str) -> Upload:
    """Prepare a file for sending.

    Args:
        file: A path, the content, or a binary file object that can seek.
        name: File name for content that has none of its own.
        content_type: Media type.

    Returns:
        The upload.

    Raises:
        InputError: There is no such file, it is empty, or the object is no binary file.
    """
    if isinstance(file, bytes | bytearray | memoryview):
        content = bytes(file)
        _refuse_empty(len(content), name)
        return Upload(name, content_type, lambda: io.BytesIO(content))
    if isinstance(file, str | os.PathLike):
        return _upload_of_path(Path(file), content_type)
    return _upload_of_object(file, name, content_type)


def _upload_of_path(where: Path, content_type: str) -> Upload:
    if not where.is_file():
        raise InputError(f"{where} is not a file that can be read here ({Path.cwd()}); nothing was sent")
    _refuse_empty(where.stat().st_size, str(where))
    return Upload(where.name, content_type, lambda: where.open("rb"))


def _upload_of_object(file: BinaryIO, name: str, content_type: str) -> Upload:
    if not hasattr(file, "read"):
        raise InputError(f"a file is a path, bytes or a binary file object, got {type(file).__name__}")
    if not _can_seek(file):
        raise InputError("the file object cannot seek, so it could not be sent again: give a path or bytes")
    start = file.tell()
    if not isinstance(file.read(1), bytes):
        raise InputError("the file object is open as text; open it with mode 'rb'")
    _refuse_empty(file.seek(0, os.SEEK_END) - start, name)

    @contextlib.contextmanager
    def opener() -> Iterator[IO[bytes]]:
        file.seek(start)
        yield file

    own_name = getattr(file, "name", None)
    return Upload(Path(own_name).name if isinstance(own_name, str) else name, content_type, opener)


def _refuse_empty(size: int, name: str) -> None:
    if size == 0:
        raise InputError(f"{name} is empty; nothing was sent")


def kmz(file: FileSource) -> Upload:
    """Prepare a trace file (KMZ: a zip that holds a KML) for sending.

    Args:
        file: A path, the content, or a binary file object that can seek.

    Returns:
        The upload.

    Raises:
        InputError: It is no zip, is truncated, holds no KML, or would unpack to something absurd.
    """
    prepared = upload(file, name="trace.kmz", content_type=KMZ)
    with prepared.open() as content:
        try:
            members = zipfile.ZipFile(content).infolist()
        except _BROKEN_ZIP as error:
            raise InputError(f"{prepared.name} is not a KMZ: not a readable zip ({error})") from None
    if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > _MOST_UNPACKED:
        raise InputError(f"{prepared.name} is not sent: it unpacks to more than {_MOST_UNPACKED >> 20} MiB")
    if not any(member.filename.lower().endswith(".kml") for member in members):
        raise InputError(f"{prepared.name} is not a KMZ: the zip holds no .kml file")
    return prepared


class Sink(Protocol):
    """Where the body of a download goes."""

    def begin(self, headers: Any) -> None:
        """Make ready for a body, dropping what an earlier, broken try has left.

        Args:
            headers: Header fields of the answer, names in lower case.
        """

    def write(self, chunk: bytes) -> None:
        """Take a piece of the body.

        Args:
            chunk: The next bytes.
        """

    def commit(self) -> Any:
        """Make the whole visible; returns where it is."""

    def abort(self) -> None:
        """Leave nothing behind, as far as that is possible."""

    @property
    def can_restart(self) -> bool:
        """Whether a download that broke off may begin anew."""


def sink(to: FileTarget | None, default_name: str) -> Sink:
    """Choose how a download is kept.

    Args:
        to: A path, an existing folder (or a text that ends in a slash), a binary file object, or None.
        default_name: Name inside a folder when the answer brings none.

    Returns:
        A sink; without `to` one whose result is the content itself.

    Raises:
        InputError: The folder to write to does not exist, or `to` is something else.
    """
    if to is None:
        return _MemorySink()
    if isinstance(to, str | os.PathLike):
        return _PathSink(to, default_name)
    if hasattr(to, "write"):
        return _ObjectSink(to)
    raise InputError(f"to is a path or a binary file object, got {type(to).__name__}")


class _MemorySink:
    can_restart = True

    def begin(self, headers: Any) -> None:
        self._content = io.BytesIO()

    def write(self, chunk: bytes) -> None:
        self._content.write(chunk)

    def commit(self) -> bytes:
        return self._content.getvalue()

    def abort(self) -> None:
        self._content = io.BytesIO()


class _PathSink:
    """Writes beside the target and moves the finished file into place."""

    can_restart = True

    def __init__(self, to: str | os.PathLike[str], default_name: str) -> None:
        self._as_text = isinstance(to, str)
        self._is_folder = Path(to).is_dir() or (isinstance(to, str) and to.endswith("/"))
        self._to = Path(to)
        self._default_name = default_name
        self._file: IO[bytes] | None = None
        folder = self._to if self._is_folder else self._to.parent
        if not folder.is_dir():
            raise InputError(f"{folder} is not a folder that can be written to here; nothing was downloaded")

    def begin(self, headers: Any) -> None:
        self.abort()
        self._target = self._to / _file_name(headers, self._default_name) if self._is_folder else self._to
        handle, self._part = tempfile.mkstemp(
            dir=self._target.parent, prefix=f".{self._target.name}.", suffix=".part"
        )
        self._file = os.fdopen(handle, "wb")

    def write(self, chunk: bytes) -> None:
        assert self._file is not None
        self._file.write(chunk)

    def commit(self) -> str | Path:
        assert self._file is not None
        with self._file as file:
            file.flush()
            os.fsync(file.fileno())
        os.chmod(self._part, 0o666 & ~_umask())
        os.replace(self._part, self._target)
        self._file = None
        return str(self._target) if self._as_text else self._target

    def abort(self) -> None:
        if self._file is not None:
            self._file.close()
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._part)
            self._file = None


class _ObjectSink:
    """Writes into the caller's file object; what a broken try wrote is taken back where it can seek."""

    def __init__(self, to: BinaryIO) -> None:
        self._to = to
        self._start = to.tell() if _can_seek(to) else None
        self._written = False

    def begin(self, headers: Any) -> None:
        self.abort()

    def write(self, chunk: bytes) -> None:
        self._to.write(chunk)
        self._written = True

    def commit(self) -> BinaryIO:
        return self._to

    def abort(self) -> None:
        if self.can_restart and self._start is not None:
            self._to.seek(self._start)
            self._to.truncate()
            self._written = False

    @property
    def can_restart(self) -> bool:
        """Whether what was written can be taken back, or is nothing."""
        return self._start is not None or not self._written


def _can_seek(file: BinaryIO) -> bool:
    return bool(getattr(file, "seekable", lambda: False)())


def _umask() -> int:
    # The mask can only be read by setting it.
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _file_name(headers: Any, default: str) -> str:
    """The name that the answer gives its file, reduced to one that cannot leave the folder."""
    message = Message()
    message["Content-Disposition"] = headers.get("content-disposition", "")
    try:
        given = message.get_filename() or ""
    except (LookupError, TypeError, ValueError):
        given = ""
    return _harmless(given) or _harmless(default) or "download"


def _harmless(name: str) -> str:
    last = PurePosixPath(name.replace("\\", "/")).name
    clean = re.sub(r"[^\w.\- ]", "_", last).strip(". ")
    # File systems count bytes, and the unfinished file has a longer name.
    return clean.encode("utf-8", "ignore")[:200].decode("utf-8", "ignore")
