"""The one door through which a stranger's file is read: in a child with limits, at most two at a time on a machine.

`door.ask(Task("randal.untrusted.readers.pictures:develop", PICTURE), data)` sends the bytes to a warm server (one per machine
and data dir, alive as long as one process holds a connection to it), which forks a child for this one file. The child has
nothing but the bytes: no environment, no open files, few seconds, bounded memory. What breaks is the child alone.

The modules that open such files stand in `randal/untrusted/readers` and, for what is signed, in `randal/signatures`; nobody
imports them but the child (tests/rules/test_strangers.py).
"""
