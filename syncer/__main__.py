"""`python -m syncer` is `syncer`."""

from syncer.cli.main import main

main()
