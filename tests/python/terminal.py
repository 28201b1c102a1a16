"""Runs a command on a terminal of its own, answers its question, and prints what it said and how it ended.

Usage: terminal.py QUESTION ANSWER COMMAND [ARGUMENT ...]; the answer is typed once the question is on the screen.
"""

import json
import os
import pty
import sys

question, answer, *command = sys.argv[1:]
process, terminal = pty.fork()
if process == 0:
    os.execv(command[0], command)
said, has_answered = b"", False
while True:
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        break  # Linux's way to say that nobody is on the other side any more.
    if not piece:
        break
    said += piece
    if not has_answered and question.encode() in said:
        os.write(terminal, answer.encode())
        has_answered = True
_, status = os.waitpid(process, 0)
print(json.dumps({"said": said.decode(), "asked": has_answered, "code": os.waitstatus_to_exitcode(status)}))
