"""A process that forks one worker a command, so that a kill costs no start-up. Used by the fault tests only.

Standard input takes one command a line: the name of a function here and its words. For each the number of the forked
process is written, then `exit CODE`. The parent process never opens a database, so every child is a process of its own.
What stands before the name with an equals sign is the environment of this one child: `DOUDI_FAILPOINT=lock finish`.
"""

import os
import sys
import traceback

REFUSED = 3  # exit code: the product refused, in words
CHUNK = "DOUDI_ZYGOTE_CHUNK"  # rows of one transaction; without it as in production


def main() -> None:
    """Serve until standard input ends."""
    import django

    django.setup()
    import tests.faults.scenes  # noqa: F401  (with all it needs, loaded before the forks)
    from doudi.records.jobs import registry
    from doudi.records.policies.queries import shipped
    from doudi.store import arrow

    registry.load()
    shipped()

    if os.environ.get(CHUNK):
        arrow.CHUNK.update(dict.fromkeys(arrow.CHUNK, int(os.environ[CHUNK])))
    say("ready")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            run(line.split())
        say(f"child {child}")
        _, status = os.waitpid(child, 0)
        say(f"exit {os.waitstatus_to_exitcode(status)}")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def run(words: list[str]) -> None:
    """The child: does one command and leaves without touching what the parent has open."""
    from django.db import connections

    from doudi.store.refusal import Refusal
    from tests.faults import scenes, walk

    code = 1
    try:
        while "=" in words[0]:
            name, _, value = words.pop(0).partition("=")
            os.environ[name] = value
        command = getattr(walk, words[0], None) or getattr(scenes, words[0])
        command(*words[1:])
        connections.close_all()
        code = 0
    except Refusal as refusal:  # said as a command says it
        print(refusal.text, file=sys.stderr)
        code = REFUSED
    except Exception:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
