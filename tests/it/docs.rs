//! Runs the commands that the documentation shows. In a block marked `console`, a line `$ lumsync …` is run in a folder
//! of its own; `…` in the lines below it stands for anything. `[exit 3]` behind the output is its exit code.
