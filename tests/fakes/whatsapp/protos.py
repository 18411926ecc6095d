"""WhatsApp's protobuf messages, taken from neonize without importing neonize.

Importing the package ``neonize`` loads its Go library (some 30 MB, eight threads). The generated modules below its
``proto`` directory are plain Python and import one another from that directory, so that directory is all we need.
"""

import importlib.util
import sys
from pathlib import Path


def neonize_directory() -> Path:
    """The installed package's directory; finding it does not import it."""
    spec = importlib.util.find_spec("neonize")
    if spec is None or spec.origin is None:
        raise RuntimeError("neonize is not installed")
    return Path(spec.origin).parent


sys.path.append(str(neonize_directory() / "proto"))

from waAdv.WAAdv_pb2 import ADVDeviceIdentity, ADVSignedDeviceIdentity, ADVSignedDeviceIdentityHMAC  # noqa: E402
from waCert.WACert_pb2 import CertChain  # noqa: E402
from waCompanionReg.WACompanionReg_pb2 import DeviceProps  # noqa: E402
from waE2E.WAWebProtobufsE2E_pb2 import Message  # noqa: E402
from waWa6.WAWebProtobufsWa6_pb2 import ClientPayload, HandshakeMessage  # noqa: E402

__all__ = [
    "ADVDeviceIdentity",
    "ADVSignedDeviceIdentity",
    "ADVSignedDeviceIdentityHMAC",
    "CertChain",
    "ClientPayload",
    "DeviceProps",
    "HandshakeMessage",
    "Message",
    "neonize_directory",
]
