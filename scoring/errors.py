"""All errors that a user of the product can meet; each message says what is wrong and how to fix it."""

from __future__ import annotations


class ScoringError(Exception):
    """Base of all errors below: the message is written for the person who has to act on it."""


class UnknownApplicantError(ScoringError):
    """No applicant with that id is on file."""


class InvalidInputError(ScoringError):
    """An input is not allowed; the message names field, value and what is allowed."""


class ApplicantsFileError(ScoringError):
    """The file of applicants is absent, unsorted, or lacks columns that the model needs."""


class StoredValueError(ApplicantsFileError):
    """An applicant on file has a value that is not allowed; the others can be scored."""


class PortfolioError(ScoringError):
    """A file of applications that was sent cannot be scored; the message says what is wrong and what may be sent."""


class ArtifactError(ScoringError):
    """An artifact cannot be served; the subclasses say why."""


class ArtifactMissingError(ArtifactError):
    """There is no artifact at that location, or a file in its manifest is missing."""


class ArtifactPathError(ArtifactMissingError):
    """A file is a symbolic link, or its name leads out of the artifact."""


class ArtifactTamperedError(ArtifactError):
    """A file differs from its hash in the manifest or the hub's commit."""


class ArtifactExtraFileError(ArtifactTamperedError):
    """There is a file that does not belong to the artifact: a program, a pickle, anything."""


class ArtifactTooLargeError(ArtifactError):
    """A file is larger than any file of an artifact needs to be."""


class ArtifactFormatError(ArtifactError):
    """The artifact's format is not supported, or a file in it is malformed."""


class ModelTextError(ArtifactFormatError):
    """The model's text is truncated, or not a LightGBM model."""


class FeatureOrderError(ArtifactError):
    """The artifact's features are not those that this code computes, in the same order."""


class UnexpectedFaultError(ScoringError):
    """A newer version could not be loaded because of an unexpected error, which is in the log."""


class TableError(ScoringError):
    """A table of the lender's data cannot be used; the message names file, column and remedy."""


class TrainingError(ScoringError):
    """Training is not possible with these data or settings."""


class EngineError(ScoringError):
    """DuckDB or Spark cannot be started, or cannot finish its work on this machine."""


class OutputError(ScoringError):
    """A file cannot be written: the disk is full, the folder is absent, or writing there is not allowed."""


class HubError(ScoringError):
    """The hub cannot be reached, or refuses; the message gives its answer and what to do."""


class HubUnreachableError(HubError):
    """The hub does not answer, or is temporarily unavailable."""


class HubAccessError(HubError):
    """The hub does not accept the token, or the token has no right to do this."""


class HubRepoNotFoundError(HubError):
    """There is no repo of that name, or the token has no access to it."""


class HubRevisionNotFoundError(HubError):
    """The repo has no tag, branch or commit of that name."""


class GateError(ScoringError):
    """A model does not pass the gate before it is published, or cannot be compared; the message says which check."""


class PackError(ScoringError):
    """A validation pack cannot be made or read; the message names the file, what is wrong and the remedy."""


class PublishError(ScoringError):
    """A version cannot be published, tagged or rolled back to; the version served before stays."""


class DeployError(ScoringError):
    """The app cannot be deployed: its files do not start in an environment of their own requirements."""


class DriftReportError(ScoringError):
    """There is no drift report at that location, or it is malformed."""


class OutcomesError(ScoringError):
    """The file of outcomes cannot be used; the message names file, column and remedy."""


class DatabaseError(ScoringError):
    """The database cannot be reached, is locked, or has no room: nothing was recorded."""


class JournalError(ScoringError):
    """An entry cannot be recorded, found or proved; the message says which and why."""


class AccessError(ScoringError):
    """A caller is not signed in, or may not do this."""


class CaseError(ScoringError):
    """A case cannot be decided like this: it is locked, has changed meanwhile, or needs somebody else."""
