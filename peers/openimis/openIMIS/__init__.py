"""What the modules import from the assembly, which is not on PyPI; the name is theirs."""  # noqa: N999
