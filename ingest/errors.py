"""What can go wrong with articles and their archive, each error named for what to do next.

OnRecordError                 everything this software raises on purpose; its text is one line for a person
├── PlacedError               knows the place apart from the reason
│   ├── UnreadableArticle     a file that is no article we can read: look at the file
│   └── NothingToRead         a path that is missing, or a folder without articles: look at the path
├── ArchiveUnusable           the archive cannot be opened or written: look at the folder or the disk
│   ├── ArchiveVersionMismatch   made by another version of the software: rebuild or upgrade
│   ├── ArchiveBusy           another process is writing: wait, or look at the named process
│   └── IndexUnreachable      the server of the vector index does not answer: start it, or wait
├── EmbeddingModelMismatch    the archive was embedded by another model: re-embed, or name that model
├── UnknownArticle            no article of this id (or version) is in the archive
├── UnknownConversation       no conversation of this id is stored: it may have been deleted
├── UnusableQuestion          an empty or over-long question: ask another way
└── ModelFailed               the chat model did not answer: `failure` says why, and the articles' own words answer
"""


class OnRecordError(Exception):
    """An expected failure whose message is one line for a person."""


class PlacedError(OnRecordError):
    """What is wrong somewhere: `place` is a file, a line of one or an address, `reason` what is wrong there."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason


class UnreadableArticle(PlacedError):
    """A file holds no article that can be read."""


class NothingToRead(PlacedError):
    """A path does not exist or holds no articles."""


class ArchiveUnusable(OnRecordError):
    """The archive folder cannot be opened or written."""


class ArchiveVersionMismatch(ArchiveUnusable):
    """The archive was made by another version of the software."""


class ArchiveBusy(ArchiveUnusable):
    """Another process holds the archive's writer lock."""


class IndexUnreachable(ArchiveUnusable):
    """The server that keeps the vector index does not answer."""


class EmbeddingModelMismatch(OnRecordError):
    """The archive was embedded by another model than the one configured."""


class UnknownArticle(OnRecordError):
    """No such article, or no such version of it, is in the archive."""


class UnknownConversation(OnRecordError):
    """No conversation, or no answer in it, is stored under this id."""


class UnusableQuestion(OnRecordError):
    """A question that is empty or too long to be one."""


class ModelFailed(OnRecordError):
    """The chat model did not answer; `failure` names why, `wait` is how many seconds the provider asks to wait.

    Nothing of what a provider says of it is kept: it may hold a key.
    """

    def __init__(self, failure: str, *, wait: float | None = None) -> None:
        super().__init__(f"the chat model did not answer: {failure.replace('_', ' ')}")
        self.failure = failure
        self.wait = wait
