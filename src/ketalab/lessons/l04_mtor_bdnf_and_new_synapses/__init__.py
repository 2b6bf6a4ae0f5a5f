"""Lesson 04, mTOR, BDNF and new synapses.

Does ketamine rewire the brain, and is that why it works?
"""
