"""The named errors. Each message says what was expected, what was found and what to do."""


class MoeRobotError(Exception):
    """Base of all errors that a caller can act on."""


class ConfigError(MoeRobotError):
    """A configuration or data file is wrong; the message names the file and the key."""


class MissingExtraError(MoeRobotError):
    """An optional part is not installed; the message is the command that installs it."""


class HardwareError(MoeRobotError):
    """A device could not be opened. (Losing an open link is a state, `Link.LOST`, not an error.)"""


class ProtocolError(MoeRobotError):
    """Bytes on the serial line that are not a valid frame: expected and actual are given."""


class PlanError(MoeRobotError):
    """A draft plan that cannot be run. `code` and `params` name the phrase that tells a person why."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(f"{code}: {params}" if params else code)
        self.code = code
        self.params = params


class StoreError(MoeRobotError):
    """The memory store cannot be opened, read or written."""
