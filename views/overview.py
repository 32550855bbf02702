"""Overview: the answer in one sentence, its figures, the curve, and the chain of money."""

from __future__ import annotations

import html

import streamlit as st

from model import estimate
from model.assumptions import Assumption, declared
from model.dist import Belief
from model.present import format as fmt
from model.present import plots, tables, words
from model.result import Measure
from model.scenario import Scenario
from views import look, parts, runs, state, year_in_full
from views.runs import Run

_MATURE_YEARS = 12_500
"""Enough for a difference on the same luck, a fraction of a second after everything else."""


def overview() -> None:
    """Show the page."""
    run = state.run()
    st.html(
        f"{look.ANSWER}<p class='answer'>{words.html(words.headline(run.measures))}</p>"
        f"<p class='under'>{words.html(words.subline(run.measures))}</p>"
    )
    parts.messages()
    _tiles(run)
    start_long_run = parts.offer_long_run()
    _curves(run)
    _chain(run)
    _money(run)
    _tail(run)
    _beside(run)
    _files(run)
    start_long_run()


def _tiles(run: Run) -> None:
    threshold = state.settings().threshold_usd
    over = run.chance_over(threshold)
    measures = run.measures
    tiles = (
        ("Average year", _money_of(measures["eal"]), "Expected annual loss before SLA credit."),
        ("Median year", _money_of(measures["p50"]), "Half of the years cost less."),
        ("1-in-10 year", _money_of(measures["p90"]), "One year in ten costs more (VaR 90)."),
        (
            "1-in-20 year",
            _money_of(measures["p95"]),
            "One year in twenty costs more (VaR 95). Those years cost "
            f"{fmt.money(measures['tvar_95'].value)} on average (TVaR 95, "
            f"{fmt.error(measures['tvar_95'].standard_error)}).",
        ),
        ("No incident", _share_of(measures["p_no_incident"]), "Years without a visible incident."),
        (
            f"Over {fmt.money(threshold, 3)}",
            (fmt.share(over.value), fmt.error(over.standard_error, fmt.share)),
            f"Years that cost more than your threshold: {fmt.one_in(over.value)}.",
        ),
    )
    for column, (label, (value, noise), meaning) in zip(
        st.columns(6, gap="small"), tiles, strict=True
    ):
        column.metric(
            words.markdown(label),
            value,
            noise,
            delta_color="off",
            delta_arrow="off",
            help=words.markdown(
                f"{meaning} {noise} is simulation noise (95 %); more years make it smaller. What "
                "we do not know about the world is in the figure itself."
            ),
            border=True,
            height="stretch",
        )


def _money_of(measure: Measure) -> tuple[str, str]:
    return fmt.money(measure.value), fmt.error(measure.standard_error)


def _share_of(measure: Measure) -> tuple[str, str]:
    return fmt.share(measure.value), fmt.error(measure.standard_error, fmt.share)


def _curves(run: Run) -> None:
    threshold = state.settings().threshold_usd
    over = run.chance_over(threshold)
    said = words.threshold(over, threshold)
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("How bad can a year get?")
        st.markdown(words.markdown(said))
        rare = st.segmented_control(
            "Years in view",
            ("Everyday", "Rare"),
            default="Everyday",
            required=True,
            key="years_in_view",
            label_visibility="collapsed",
        )
        rarest = 0.02 if rare == "Everyday" else 0.0
        table = plots.exceedance(run.curve, threshold, over.value, rarest)
        name = "exceedance" if rare == "Everyday" else "exceedance_rare"
        parts.chart(name, table, alt=words.exceedance_alt(run.curve, said), key="exceedance")
        st.caption(
            "How to read this: pick a loss on the bottom axis; the height of the curve is the "
            "chance that a year costs more. The shaded band is simulation noise (95 %)."
        )
        parts.csv("Curve as CSV", "exceedance_curve.csv", lambda: table)
    with right:
        st.subheader("20 equally likely years")
        losses = run.twenty_years
        words_of_20 = words.twenty_years(losses, threshold)
        st.markdown(words.markdown(words_of_20))
        dots = plots.twenty_years(losses, threshold)
        parts.chart("twenty_years", dots, alt=f"Dot plot. {words_of_20}")
        st.caption(
            "How to read this: next year is one of these dots, each as likely as the other. "
            "Orange dots are above your threshold."
        )
        parts.csv("Dots as CSV", "twenty_years.csv", lambda: dots)


def _chain(run: Run) -> None:
    st.subheader("From uploads to dollars: an average year")
    amount = {link.quantity: link.expected.value for link in run.chain}
    usd = {name: figure.value for name, figure in run.components.items()}
    links = (
        (
            "Uploads",
            fmt.number(amount["uploads failed"]),
            f"uploads fail, {fmt.number(amount['uploads abandoned'])} are never posted",
            {"creator_attrition": "creators leave"},
        ),
        (
            "Freshness",
            f"{fmt.significant(amount['hours without fresh content'], 2)}{fmt.NBSP}h",
            "of fresh content missing from the feed",
            {"freshness": "feed goes stale"},
        ),
        (
            "Minutes",
            fmt.number(amount["viewing minutes lost"]),
            "viewing minutes lost while it fails and as viewers return",
            {"playback": "playback fails", "retention": "viewers stay away"},
        ),
        (
            "Impressions",
            fmt.number(amount["ad impressions lost"]),
            "ad impressions lost",
            {"ad_serving": "ads not served", "ad_price": "ad prices fall"},
        ),
    )
    cards, so_far = [], 0.0
    for title, lost, what, lines in links:
        here = sum(usd[name] for name in lines)
        so_far += here
        detail = " + ".join(f"{label} {fmt.money(usd[name])}" for name, label in lines.items())
        cards.append(_card(title, lost, what, f"<b>{fmt.money(here)}</b> lost here", detail))
    total = run.measures["eal"].value
    costs = usd["make_goods"] + usd["creator_make_goods"] + usd["response"]
    back = usd["budget_recapture"] + usd["viewing_recapture"]
    others = usd["borne_by_others"]
    detail = f"links {fmt.money(so_far)} + costs {fmt.money(costs)} − returns {fmt.money(-back)}"
    detail += f" − others {fmt.money(-others)}" if others else ""
    cards.append(
        _card(
            "Dollars",
            fmt.money(total),
            "expected annual loss, before SLA credit",
            f"<b>{fmt.signed_money(costs + back + others)}</b> costs less returns",
            detail,
            "total",
        )
    )
    named = "role='list' aria-label='The chain from uploads to dollars'"
    st.html(f"{look.CHAIN}<div class='chain' {named}>{''.join(cards)}</div>")
    parts.csv("Chain as CSV", "chain.csv", lambda: tables.chain(run.result))


def _card(title: str, lost: str, what: str, money: str, detail: str, kind: str = "") -> str:
    title, lost, what, detail = map(html.escape, (title, lost, what, detail))
    return (
        f"<div role='listitem' class='link {kind}'><span class='name'>{title}</span>"
        f"<span class='lost'>{lost}</span><span class='what'>{what}</span>"
        f"<span class='money'>{money}<br><span class='parts'>{detail}</span></span></div>"
    )


def _money(run: Run) -> None:
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("Where the money goes")
        table = plots.money_bars(run.components, run.result.mean("loss_usd"))
        lines = "; ".join(f"{row.label} {row.text}" for row in table.itertuples())
        parts.chart("money_bars", table, alt=f"Waterfall of an average year: {lines}.")
        st.caption(
            "How to read this: each bar starts where the one above ended; green comes back; the "
            "last bar is what is left."
        )
        parts.csv("Lines as CSV", "money.csv", lambda: table)
    with right:
        st.subheader("By cause")
        table_of_causes = plots.causes(run.by_cause)
        lines = "; ".join(f"{row.label} {row.text}" for row in table_of_causes.itertuples())
        parts.chart("causes", table_of_causes, alt=f"Expected annual loss by cause: {lines}.")
        st.caption(
            "Overlapping incidents count for the cause of the first. The thin line is simulation "
            "noise (95 %)."
        )
        parts.csv("Causes as CSV", "by_cause.csv", lambda: tables.by_cause(run.result))


def _tail(run: Run) -> None:
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("When an outage minute costs most")
        table = plots.hour_of_week(run.per_minute)
        dearest = (
            table.loc[table["usd_per_minute"].idxmax()]
            if len(run.result.tally.sample.columns["year"])
            else None
        )
        alt = (
            f"Heat map by hour of week; the dearest is {dearest['day']} {dearest['hour']}:00 at "
            f"{dearest['text']} a minute."
            if dearest is not None
            else "Heat map by hour of week; no incident was simulated."
        )
        parts.chart("hour_of_week", table, alt=alt)
        parts.csv("Hours as CSV", "per_minute.csv", lambda: table)
    with right:
        st.subheader("Return periods")
        st.html(_return_periods(run))
        st.caption(
            "AEP: all incidents of a year together. OEP: the largest single one. Greyed out: "
            "fewer than 20 such years in the run."
        )
        parts.csv("Return periods as CSV", "exceedance.csv", lambda: tables.exceedance(run.result))


def _return_periods(run: Run) -> str:
    rows = []
    for row in run.exceedance:
        cells = "".join(
            f"<td>{html.escape(fmt.money(figure.value))} "
            f"<small>{html.escape(fmt.error(figure.standard_error))}</small></td>"
            if figure
            else "<td>needs more years</td>"
            for figure in (row.aep, row.oep)
        )
        kind = "" if row.aep else " class='no'"
        rows.append(f"<tr{kind}><th scope='row'>1 in {row.return_period:,}</th>{cells}</tr>")
    return (
        f"{look.FIGURES}<table class='figures'><thead><tr><th scope='col'>Year</th>"
        "<th scope='col'>All incidents (AEP)</th><th scope='col'>Largest (OEP)</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _beside(run: Run) -> None:
    st.subheader("Beside the headline")
    measures, slot = run.measures, None
    columns = st.columns(3, gap="large")
    with columns[0]:
        st.markdown(
            words.markdown(
                f"**Share of revenue** {fmt.share(measures['eal_share_of_revenue'].value)}\n\n"
                f"**Before recapture** {fmt.money(measures['eal_before_recapture'].value)}\n\n"
                f"**After the year's end** {fmt.money(measures['eal_after_year'].value)} of it "
                "falls due later"
            )
        )
    with columns[1]:
        st.markdown(
            words.markdown(
                f"**SLA credit** {fmt.money(-measures['sla_credit'].value)}, which leaves "
                f"{fmt.money(measures['eal_net'].value)} net\n\n"
                f"**Borne by others** {fmt.money(measures['borne_by_others'].value)}\n\n"
                f"**Implied ad load** {words.implied_ad_load(state.current())}"
            )
        )
    with columns[2]:
        slot = st.empty()
    st.info(words.markdown(f"{words.WEAKEST_INPUT} {words.NOT_MODELLED}"), icon=":material/search:")
    # A second run: everything else is on the page before it starts.
    slot.markdown(words.markdown(_mature(run)))


def _mature(run: Run) -> str:
    """Return this year against a mature one, on the same luck in the first years of the run."""
    title, now = "**This year against a mature year**", run.measures["eal"].value
    mature = mature_year(state.current())
    if mature == state.current():
        return f"{title} the same, {fmt.money(now)}"
    years = min(run.result.years, _MATURE_YEARS)
    other = runs.run(mature, years, run.result.seed).result["loss_usd"]
    extra = estimate.mean(run.result["loss_usd"][:years] - other, worlds=years)
    return (
        f"{title} {fmt.money(now)} against about {fmt.money(now - extra.value)}: "
        f"{fmt.money(extra.value)} ({fmt.error(extra.standard_error)}) for the months after the "
        "migration"
    )


def mature_year(scenario: Scenario) -> Scenario:
    """Return a scenario without the excess of incidents after a migration."""
    changes = {}
    for cause in scenario.causes:
        name = f"incidents.{cause}.early_life_multiplier"
        item = declared(name)
        assert isinstance(item, Assumption)
        changes[name] = Belief(item.default.shape, 1.0, 1.0)
    mature = scenario.with_(changes)
    same = all(scenario.belief(name).high == 1.0 for name in changes)
    return scenario if same else mature


def _files(run: Run) -> None:
    year_in_full.show(run)
    st.subheader("Take it with you")
    parts.bundle(run)
