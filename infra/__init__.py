"""AWS as the platform needs it: one CDK app for both targets, its names, and the program that deploys it.

Nothing here knows the local stack, which reads its names and the values of its secrets from here.
"""
