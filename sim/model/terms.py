"""The ledger's columns: what a state weighed in a month, in the order the engines write it."""

from __future__ import annotations

TAIPEI, BEIJING, NEITHER = 0, 1, 2
SIDES = ("taipei", "beijing", "none")
ACTIVE, SUSPENDED = 0, 1
COOPERATION = ("active", "suspended")

(
    SIDE,
    T_ALPHA,
    T_OFFER,
    T_AID,
    T_DETERRENCE,
    T_BACKFIRE,
    T_GOVERNMENT,
    T_PLEDGE,
    T_REQUEST,
    T_WINDOW,
    T_NEIGHBOURS,
    T_SHORTFALL,
    T_ORDER,
    ACCEPTANCE,
    HAZARD,
) = range(15)
COLUMNS = 15
HEADS = {"run": 0, "month": 1, "state": 2, "from": 3, "to": 4}
"""Columns of a change before the ledger's own; `state` is its place, `from` and `to` are sides."""
HEAD = len(HEADS)

TERMS = {
    "alpha": T_ALPHA,
    "offer": T_OFFER,
    "aid": T_AID,
    "deterrence": T_DETERRENCE,
    "backfire": T_BACKFIRE,
    "government": T_GOVERNMENT,
    "pledge": T_PLEDGE,
    "request": T_REQUEST,
    "window": T_WINDOW,
    "neighbours": T_NEIGHBOURS,
    "shortfall": T_SHORTFALL,
    "order": T_ORDER,
    "acceptance": ACCEPTANCE,
}
"""Terms by name: log-hazard terms, except `order` (annual rate added) and `acceptance` (multiple).

For military cooperation `alpha` is its quiet rate, `backfire` hostility, `deterrence` the hold of dependence,
and `order` the rate of words and notices.
"""
