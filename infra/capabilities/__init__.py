"""One capability per file, each a CDK construct.

The folder is not named `constructs` because it would shadow the CDK's own package of that name.
"""
