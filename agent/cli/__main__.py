"""`python -m agent.cli` is the same as `orchestrator`."""

from agent.cli.app import main

if __name__ == "__main__":
    main()
