"""Runs a command on a terminal of its own, answers its questions, and prints what it said and how it ended.

Usage: terminal.py ANSWERS COMMAND [ARGUMENT ...]; ANSWERS is a JSON list of [question, answer]; each answer is typed once
its question is on the screen, in this order.
"""

import json
import os
import pty
import select
import signal
import sys

# A question that never comes would be waited for in vain.
PATIENCE = 120

answers, *command = sys.argv[1:]
answers = json.loads(answers)
process, terminal = pty.fork()
if process == 0:
    os.execv(command[0], command)
said, unread, asked = b"", 0, 0
while True:
    if not select.select([terminal], [], [], PATIENCE)[0]:
        os.kill(process, signal.SIGKILL)
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        break  # Linux's way to say that nobody is on the other side any more.
    if not piece:
        break
    said += piece
    while asked < len(answers):
        question, answer = answers[asked]
        found = said.find(question.encode(), unread)
        if found < 0:
            break
        unread = found + len(question.encode())
        os.write(terminal, answer.encode())
        asked += 1
_, status = os.waitpid(process, 0)
print(json.dumps({"said": said.decode(), "asked": asked, "code": os.waitstatus_to_exitcode(status)}))
