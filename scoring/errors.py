"""Every error that a user of the product can meet; each message says what is wrong and how to mend it."""

from __future__ import annotations


class ScoringError(Exception):
    """Base of all errors below: the message is written for the person who has to act on it."""


class UnknownApplicantError(ScoringError):
    """No applicant of that id is on file."""


class InvalidInputError(ScoringError):
    """A value that was sent is not one that is allowed; the message names field, value and what is allowed."""


class ApplicantsFileError(ScoringError):
    """The file of applicants is absent, unsorted, or lacks columns that the model needs."""


class StoredValueError(ApplicantsFileError):
    """An applicant on file has a value that is not allowed; the others can be scored."""


class ArtifactError(ScoringError):
    """An artifact cannot be served; the subclasses say why."""


class ArtifactMissingError(ArtifactError):
    """There is no artifact at that place, or a file that its manifest lists is not there."""


class ArtifactPathError(ArtifactMissingError):
    """In the place of a file there is a link, or a file's name leads out of the artifact."""


class ArtifactTamperedError(ArtifactError):
    """A file differs from what the manifest or the hub's commit says."""


class ArtifactExtraFileError(ArtifactTamperedError):
    """A file lies beside the artifact's own that is none of them: a program, a pickle, anything."""


class ArtifactTooLargeError(ArtifactError):
    """A file is larger than any file of an artifact has reason to be."""


class ArtifactFormatError(ArtifactError):
    """The artifact is of a format that this code does not read, or a file in it is malformed."""


class ModelTextError(ArtifactFormatError):
    """The model's text is cut short, or no LightGBM model at all."""


class FeatureOrderError(ArtifactError):
    """The artifact's features are not those that this code computes, in the same order."""


class UnexpectedFaultError(ScoringError):
    """A newer version could not be tried, for a reason that this code did not foresee: the log has it."""


class TableError(ScoringError):
    """A table of the lender's data cannot be used; the message names file, column and remedy."""


class TrainingError(ScoringError):
    """Training cannot go on with these data or settings."""


class EngineError(ScoringError):
    """DuckDB or Spark cannot be started, or cannot finish its work on this machine."""


class OutputError(ScoringError):
    """A file cannot be written: the disk is full, the folder is absent, or writing there is not allowed."""


class HubError(ScoringError):
    """The hub cannot be reached, or refuses; the message says what it answered and what to do."""


class HubUnreachableError(HubError):
    """The hub does not answer, or answers that it cannot at the moment."""


class HubAccessError(HubError):
    """The hub does not accept the token, or the token has no right to do this."""


class HubRepoNotFoundError(HubError):
    """There is no repo of that name, or the token may not know of it."""


class HubRevisionNotFoundError(HubError):
    """The repo has no tag, branch or commit of that name."""


class GateError(ScoringError):
    """A model does not pass the gate before it is published, or cannot be compared; the message says which check."""


class PublishError(ScoringError):
    """A version cannot be published, tagged or pointed back to; what was served before is served on."""


class DeployError(ScoringError):
    """The app cannot be deployed: its files do not start in an environment of their own requirements."""


class DriftReportError(ScoringError):
    """There is no drift report at that place, or it is not of the shape that this code writes."""


class OutcomesError(ScoringError):
    """The file of outcomes cannot be used; the message names file, column and remedy."""
