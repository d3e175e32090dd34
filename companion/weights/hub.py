"""Fetches files from the Hugging Face hub, or the mirror that HF_ENDPOINT names, through huggingface_hub."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from companion.errors import WeightsError
from companion.weights import disk
from companion.weights.failures import Unreachable


@dataclass(frozen=True, slots=True)
class Remote:
    """A file of a repository: bytes, and its SHA-256 where the hub knows it (large files)."""

    bytes: int | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a repository holds at one commit. `licence` is what its card says, or ""."""

    repo: str
    commit: str
    files: dict[str, Remote]
    licence: str


def _library() -> ModuleType:
    """huggingface_hub, told before its import to report nothing and to keep no second copy in a cache."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_XET", "1")
    import huggingface_hub

    # Its warnings (a retry, say) aren't sentences for a person; what matters arrives as an error.
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    return huggingface_hub


def _endpoint() -> str | None:
    """The hub to ask; read at each call, because the library reads it only once."""
    return (os.environ.get("HF_ENDPOINT") or "").rstrip("/") or None


def listing(repo: str, revision: str) -> Listing:
    """The files of a repository at a revision. Raises `WeightsError`."""
    library = _library()
    with _explained(repo):
        api = library.HfApi(endpoint=_endpoint())
        info = api.model_info(repo, revision=revision, files_metadata=True, timeout=30)
    files = {
        sibling.rfilename: Remote(sibling.size, sibling.lfs.sha256 if sibling.lfs else None)
        for sibling in info.siblings or ()
    }
    licences = [tag.removeprefix("license:") for tag in info.tags or () if tag.startswith("license:")]
    return Listing(repo, str(info.sha or revision), files, licences[0] if licences else "")


def download(repo: str, commit: str, path: str, into: Path, counter: disk.Counter) -> Path:
    """Fetch one file into the folder `into`, going on where an earlier run stopped; returns where it lies.

    Raises `WeightsError`; nothing is said about the file's content, which the caller hashes.
    """
    library = _library()

    class Count:
        """What huggingface_hub takes for a progress bar."""

        def __init__(self, *_: Any, **options: Any) -> None:
            counter(int(options.get("initial") or 0))

        def update(self, n: float | None = 1) -> None:
            counter(int(n or 0))

        def __enter__(self) -> Count:
            return self

        def __exit__(self, *_: object) -> None:
            return None

    with _explained(repo):
        place = library.hf_hub_download(
            repo, path, revision=commit, local_dir=into, endpoint=_endpoint(), tqdm_class=Count
        )
    return Path(place)


@contextmanager
def _explained(repo: str) -> Iterator[None]:
    """Turn what huggingface_hub raises into one sentence."""
    from huggingface_hub import errors

    # Its HTTP library has changed names between versions; the base of its own error is that library's base
    # error.
    network: type[Exception] = errors.HfHubHTTPError.__bases__[0]
    try:
        yield
    except errors.GatedRepoError as error:
        raise WeightsError(
            f"The repository {repo} wants its licence accepted on the hub first: do that there, "
            "run `hf auth login`, and run the command again."
        ) from error
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError) as error:
        raise WeightsError(f"The hub has no repository {repo} at that revision: check its name.") from error
    except errors.LocalEntryNotFoundError as error:
        raise _unreachable(repo) from error
    except errors.EntryNotFoundError as error:
        raise WeightsError(f"The repository {repo} has no such file: check the name.") from error
    except errors.HFValidationError as error:
        raise WeightsError(
            f"{repo} is no name of a repository on the hub: it is written owner/name."
        ) from error
    except errors.HfHubHTTPError as error:
        raise WeightsError(
            f"The hub refused {repo} ({error.response.status_code}): try again later."
        ) from error
    except (network, ConnectionError, TimeoutError) as error:
        raise _unreachable(repo) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise WeightsError(f"{repo} could not be fetched ({error.strerror or error}): try again.") from error


def _unreachable(repo: str) -> Unreachable:
    where = _endpoint() or "the Hugging Face hub"
    return Unreachable(
        f"{where} could not be reached for {repo}: check the network (HF_ENDPOINT names another hub), "
        "then run the command again, which goes on where it stopped."
    )
