"""The chain as a row: what is lost at each link, and the money lost there."""

from __future__ import annotations

import html
from collections.abc import Mapping

import streamlit as st

from model.chain.ledger import COSTS, RECAPTURE
from model.present.files import tables
from model.present.words import numbers as fmt
from views.session.runs import Run
from views.shell import downloads


def show(run: Run) -> None:
    """Show the five links of an average year."""
    st.subheader("From uploads to money: an average year", anchor=False)
    volume = run.volumes
    usd = {name: figure.value for name, figure in run.components.items()}
    links = (
        (
            "Uploads",
            fmt.number(volume["uploads_failed"]),
            f"uploads fail, {fmt.number(volume['uploads_abandoned'])} are never posted",
            {"creator_attrition": "creators leave"},
        ),
        (
            "Freshness",
            f"{fmt.significant(volume['freshness_deficit_h'], 2)}{fmt.NBSP}h",
            "of fresh content missing from the feed",
            {"freshness": "feed goes stale"},
        ),
        (
            "Minutes",
            fmt.number(volume["minutes_lost"]),
            "viewing minutes lost while it fails and as viewers return",
            {
                "playback": "playback fails",
                "retention": "viewers stay away",
                "commerce": "orders missed",
                "subscriptions": "subscribers leave",
            },
        ),
        (
            "Impressions",
            fmt.number(volume["impressions_lost"]),
            "ad impressions lost",
            {"ad_serving": "ads not served", "ad_price": "ad prices fall"},
        ),
    )
    cards, so_far = [], 0.0
    for title, lost, what, lines in links:
        here = sum(usd[name] for name in lines)
        so_far += here
        parts = (f"{label} {fmt.money(usd[name])}" for name, label in lines.items() if usd[name])
        money = fmt.money(here), "lost here"
        cards.append(_card(title, lost, what, money, " + ".join(parts)))
    cards.append(_total(run.measures["eal"].value, usd, so_far))
    named = "role='list' aria-label='The chain from uploads to money'"
    st.html(f"<div class='chain' {named}>{''.join(cards)}</div>")
    downloads.csv("Chain as CSV", "chain.csv", lambda: tables.chain(run.result))


def _total(total: float, usd: Mapping[str, float], lost: float) -> str:
    """Return the card of the money: what the links lose, costs, and what comes back."""
    costs, back = (sum(usd[name] for name in lines) for lines in (COSTS, RECAPTURE))
    others = usd["borne_by_others"]
    detail = f"links {fmt.money(lost)} + costs {fmt.money(costs)} − returns {fmt.money(-back)}"
    detail += f" − others {fmt.money(-others)}" if others else ""
    return _card(
        "Money",
        fmt.money(total),
        "cost of an average year, before SLA credit",
        (fmt.signed_money(costs + back + others), "costs, less what comes back"),
        detail,
        "total",
    )


def _card(
    title: str, lost: str, what: str, money: tuple[str, str], detail: str, kind: str = ""
) -> str:
    amount, of_what = money
    return (
        f"<div role='listitem' class='link {kind}'><span class='name'>{html.escape(title)}</span>"
        f"<span class='lost'>{html.escape(lost)}</span>"
        f"<span class='what'>{html.escape(what)}</span>"
        f"<span class='money'><b>{html.escape(amount)}</b> {html.escape(of_what)}<br>"
        f"<span class='parts'>{html.escape(detail)}</span></span></div>"
    )
