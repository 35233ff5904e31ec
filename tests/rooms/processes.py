"""Processes of their own, to be killed: forked from one that has loaded the house and done nothing with it.

A new Python loads it for two seconds; a fork of the tests' own process would
take along whatever it holds open.
"""

from __future__ import annotations

import multiprocessing

multiprocessing.set_forkserver_preload(["api.worker"])
forking = multiprocessing.get_context("forkserver")
