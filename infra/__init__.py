"""The AWS resources of the platform: a CDK app for both targets, their names, and the program that deploys them.

Nothing here imports the local stack, which takes names and values of secrets from here.
"""
