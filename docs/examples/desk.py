"""What a program of an office may do at its node: status, inbox, and what arrives.

Usage: desk.py SOCKET [OFFICER PASSPHRASE_FILE]

The stubs come from proto/; see docs/programs.md. Every call is the officer's: the one who is this Unix user, or the one
named, with a passphrase.
"""

import sys

import grpc
from chapar.v1 import desk_pb2, desk_pb2_grpc, inspect_pb2, inspect_pb2_grpc, notice_pb2


def who(arguments):
    """The metadata that names an officer; none for whoever is the Unix user."""
    if not arguments:
        return []
    officer, file = arguments
    with open(file, encoding="utf-8") as lines:
        passphrase = lines.readline().rstrip("\n")
    return [("chapar-officer", officer), ("chapar-passphrase-bin", passphrase.encode())]


def inbox(desk, metadata):
    """All rows of the inbox, newest first, a page at a time."""
    token = b""
    while True:
        request = desk_pb2.ListNoticesRequest(folder=desk_pb2.FOLDER_INBOX, page_token=token)
        page = desk.ListNotices(request, metadata=metadata)
        yield from page.notices
        token = page.next_page_token
        if not token:
            return


def main(socket, *arguments):
    metadata = who(arguments)
    # The node checks who is at the other end of the socket; there is no TLS on it.
    with grpc.insecure_channel(f"unix:{socket}", options=[("grpc.default_authority", "node")]) as channel:
        status = inspect_pb2_grpc.InspectServiceStub(channel).GetStatus(
            inspect_pb2.GetStatusRequest(), metadata=metadata
        )
        print(f"{status.office} of {status.network}: {status.head.size} entries, ready: {status.ready}")
        for problem in status.problems:
            print(f"- {problem.what}. {problem.remedy}")
        desk = desk_pb2_grpc.DeskServiceStub(channel)
        try:
            for notice in inbox(desk, metadata):
                kind = notice_pb2.NoticeKind.Name(notice.header.kind).removeprefix("NOTICE_KIND_")
                print(f"{notice.header.reference}  {kind}  from {getattr(notice.header, 'from').office}")
        except grpc.RpcError as error:
            # What happened, and what to do, on two lines.
            what, _, remedy = error.details().partition("\n")
            print(f"Refused: {what} {remedy}")
            return 1
    return 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 4):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
