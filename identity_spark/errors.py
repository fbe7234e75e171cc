"""Our own errors: one root, and one class per exit code of the jobs."""


class ResolutionError(Exception):
    """Anything the job refuses to go on with; the message is one line with place, value and remedy."""

    exit_code = 1


class ConfigError(ResolutionError):
    """The configuration or the command line is wrong; ``problems`` holds every problem, one line each."""

    exit_code = 2

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class InputError(ResolutionError):
    """A source table, a column or a type is missing or cannot be read as meant."""

    exit_code = 3


class CheckError(ResolutionError):
    """A check on the results failed, so nothing was published."""

    exit_code = 4


class LockedError(ResolutionError):
    """Another run holds the output."""

    exit_code = 5


def first_line(error: Exception) -> str:
    """What ``error`` says, as one line: of Spark's many only the first."""
    return next((" ".join(line.split()) for line in str(error).splitlines() if line.strip()), type(error).__name__)
