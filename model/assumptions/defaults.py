"""The catalogue: every assumption of MODEL §2 outside the cause blocks, in chain order.

Read it through `model.assumptions.lookup`, which adds the cause blocks and finds entries by name.
"""

from __future__ import annotations

from model.assumptions.declaration import (
    CONTRACT,
    COUNTS,
    HOURS_MAX,
    INCIDENTS,
    JUDGEMENT,
    LINKS,
    MONEY,
    PHASES,
    REMEDIES,
    SHARE,
    TIME_DAYS,
    TIME_H,
    TIME_MONTHS,
    USD,
    VOLUMES,
    Assumption,
    Bounds,
    Word,
    above_zero,
    entry,
    fixed,
    lognormal,
    share,
)
from model.beliefs.belief import Belief
from model.limits import LONGEST_LABEL

# A table reads better with its cells in rows than one below the other.
# fmt: off

_PLATFORM = (
    entry(
        "platform.daily_users", "Daily users", "users", Bounds(1e-6, 1e10), (40e6, 250e6),
        lognormal(86e6, 105e6), "B", "Similarweb via TechCrunch, 2026",
        "People who open the app on an average day. With minutes and CPM it sets how many "
        "impressions are lost, not how much money.",
        enters=(VOLUMES,), protects="low",
    ),
    entry(
        "platform.minutes_per_user_day", "Minutes per daily user", "min", Bounds(1e-6, 1440.0),
        (20.0, 180.0), lognormal(56.0, 107.0), "B",
        "EMARKETER, 2024; WARC, 2025; Apptopia via Guggenheim, 2025",
        "Average minutes a daily user spends in the app. Sources differ by method, hence the "
        "wide interval.",
        enters=(VOLUMES,), protects="low",
    ),
    entry(
        "platform.visits_per_user_day", "Visits per daily user", "visits", Bounds(1e-6, 1440.0),
        (1.0, 30.0), lognormal(5.0, 12.0), "B", "Exploding Topics (Semrush), 2026",
        "How often a daily user opens the app in a day. More visits mean that more viewers run "
        "into a given outage.",
        enters=(MONEY,), protects="low",
    ),
    entry(
        "platform.ad_revenue_per_year", "Ad revenue per year", USD, Bounds(1e-6, 1e13),
        (5e9, 30e9), lognormal(11e9, 17e9), "B", "WARC Media forecast for 2026, 2025",
        "Advertising revenue of the platform in an undisturbed year. Every lost hour is priced "
        "from it.",
        enters=(VOLUMES, MONEY), protects="high",
    ),
    entry(
        "platform.cloud_bill_per_year", "Cloud bill per year", USD, Bounds(0.0, 1e13),
        (0.0, 2.4e9), lognormal(400e6, 1.25e9), "B",
        "Evercore ISI, 2024: 480–800M; Morgan Stanley, 2024: 370M–1.27bn",
        "What the platform pays its cloud provider in a year. SLA credits, and the prices of "
        "remedies that are shares of it, follow from it.",
        enters=(CONTRACT, REMEDIES), protects="high",
    ),
    entry(
        "platform.cpm", "Price per 1,000 impressions (CPM)", USD, Bounds(1e-6, 1e4),
        (1.0, 30.0), lognormal(4.0, 12.0), "B",
        "Right Side Up with Varos, 2024; Stackmatix, 2026",
        "What advertisers pay for a thousand ad impressions. It moves the number of impressions "
        "lost, not the money.",
        enters=(VOLUMES,), protects="low",
    ),
    entry(
        "platform.loss_share_borne", "Share of the loss borne", "share", SHARE, (0.0, 1.0),
        share(1.0, 1.0), "C", "Judgement on the structure reported by EMARKETER and CNN, 2025",
        "The part of the lost revenue that falls on the party this analysis is for; the rest "
        "is borne by others. 100 % means all of it.",
        enters=(MONEY,), protects="low",
    ),
)

_REVENUE = (
    entry(
        "revenue.commerce_per_year", "Commerce revenue per year", USD, Bounds(0.0, 1e13),
        (0.0, 10e9), lognormal(1.0e9, 2.5e9), "B",
        "EMARKETER forecast for 2026; TikTok Shop fees, 2024; Appfigures, 2025",
        "What the platform keeps of shop orders, gifts and tips in an undisturbed year: its "
        "commission, not the shops' turnover. With 0, and no subscriptions, the loss is ad revenue "
        "and costs alone.",
        enters=(MONEY,), protects="low",
    ),
    entry(
        "revenue.commerce_recapture", "Lost orders and gifts made later", "share", SHARE,
        (0.0, 1.0), share(0.15, 0.65), "C",
        "Judgement; order mix from Momentum Works, 2025; practitioners disagree",
        "Share of the orders and gifts missed in a short incident that are made later. A wanted "
        "product is bought later, an impulse or a live gift rarely.",
        enters=(MONEY,), protects="high",
    ),
    entry(
        "revenue.subscriptions_per_year", "Subscription revenue per year", USD,
        Bounds(0.0, 1e13), (0.0, 10e9), lognormal(0.0, 0.0), "C",
        "Judgement: no paid tier of this app in the US was found",
        "Fees that viewers pay per month. Only viewers who leave for good take it with them. "
        "Subscriptions to single creators count as commerce here.",
        enters=(MONEY,), protects="low",
    ),
)

_PUBLISHING = (
    entry(
        "publishing.uploads_per_day", "Uploads per day", "uploads", Bounds(0.0, 1e12),
        (0.0, 60e6), lognormal(6e6, 30e6), "C",
        "Judgement: 5–10 % of the global count of Steel et al., JQD:DM, 2026",
        "Videos that creators post on an average day. The share of the world's uploads that "
        "comes from the US is not published.",
        enters=(LINKS,), protects="low",
    ),
    entry(
        "publishing.retry_share", "Failed uploads posted later", "share", SHARE, (0.0, 1.0),
        share(0.50, 0.90), "C", JUDGEMENT,
        "Of the uploads that fail, the share creators post once it works again. The rest is "
        "never posted.",
        enters=(LINKS, VOLUMES), protects="high",
    ),
    entry(
        "publishing.catch_up", "Time to work off the backlog", "h", TIME_H,
        (0.5, 96.0), lognormal(4.0, 48.0), "C",
        "Judgement; top 1,000 creators +26 % for two days: The Information, 2025",
        "Hours over which the delayed uploads are posted after the incident. A large backlog "
        "takes longer, whatever is set here.",
        enters=(LINKS,), protects="low",
    ),
    entry(
        "publishing.timeliness_half_life", "Half-life of a late upload's value", "h",
        TIME_H, (2.0, 336.0), lognormal(12.0, 96.0), "C", JUDGEMENT,
        "Delay after which a late upload is worth half of what it would have been on time.",
        enters=(LINKS,), protects="high",
    ),
    entry(
        "publishing.attrition_per_failed_day", "Creators lost per day of failed publishing",
        "share", SHARE, (0.0, 0.02), lognormal(0.0002, 0.005), "C",
        "Judgement anchored on Krishnan & Sitaraman, ACM IMC, 2012",
        "Share of the upload supply that stays away after one full day without publishing.",
        enters=(MONEY,), protects="low",
    ),
    entry(
        "publishing.attrition_recovery", "Time for creators to come back", "days",
        TIME_DAYS, (1.0, 180.0), lognormal(7.0, 60.0), "C", JUDGEMENT,
        "Average time until creators who stayed away post again.",
        enters=(MONEY,), protects="low",
    ),
)

_FRESHNESS = (
    entry(
        "freshness.content_half_life", "Half-life of content", "h", TIME_H,
        (1.0, 168.0), lognormal(6.0, 48.0), "C",
        "Judgement on ShareChat, arXiv 2410.15174, 2024, and Kuaishou practice",
        "Time in which fresh content loses half of its pull. The shorter, the sooner a "
        "publishing outage makes the feed stale.",
        enters=(LINKS,), protects="high",
    ),
    entry(
        "freshness.fresh_share", "Viewing that is of fresh content", "share", SHARE, (0.0, 1.0),
        share(0.10, 0.45), "C", JUDGEMENT,
        "Share of the viewing time that goes to fresh content. It limits how much a wholly stale "
        "feed can cost.",
        enters=(LINKS, MONEY), protects="low",
    ),
)

_SESSIONS = (
    entry(
        "sessions.freshness_elasticity", "Elasticity of session time to freshness", "% per %",
        Bounds(0.0, 2.0), (0.0, 1.0), Belief("gamma", 0.005, 0.20), "C",
        "Judgement; brackets from ICIS 2024 no. 1670 and SSRN 4915562, 2024",
        "Percent of session time lost when the supply of fresh content falls by one percent. "
        "Nobody has published it; short-run effects near zero are possible.",
        enters=(LINKS, MONEY), protects="low",
    ),
    entry(
        "sessions.return_lag", "Return delay of viewers, per hour of incident", "ratio",
        Bounds(0.0, 100.0), (0.0, 3.0), lognormal(0.01, 0.4), "C",
        "Judgement on Sensor Tower via Forbes, 2021; a legal blackout of 2025 gave about 1",
        "Mean time until viewers are back after the end, as a multiple of the incident's "
        "duration. 0 means at once.",
        enters=(LINKS,), protects="low",
    ),
    entry(
        "sessions.viewing_recapture", "Lost viewing made up later", "share", SHARE, (0.0, 0.6),
        share(0.01, 0.25), "C", "Derived from Sensor Tower via Forbes, 2021",
        "Share of the lost viewing that happens later instead. After Meta's outage of October "
        "2021 there was little of it.",
        enters=(MONEY,), protects="high",
    ),
)

_TRUST = (
    entry(
        "trust.failure_return_effect", "Drop in return after a failure", "share", SHARE,
        (0.0, 0.10), share(0.015, 0.06), "C",
        "Derived from Krishnan & Sitaraman, ACM IMC, 2012 (−2.32 % over a week); WiseApp, 2022",
        "How much less a viewer who hit a failure comes back right after it; it then fades. "
        "Measured at 2.32 % on average over the following week.",
        enters=(MONEY,), protects="low",
    ),
    entry(
        "trust.recovery", "Time for trust to recover", "days", TIME_DAYS, (0.5, 90.0),
        lognormal(1.0, 10.0), "C",
        "Judgement on KISDI, 2023 (gone after three days), and Similarweb, 2026",
        "Average time in which the drop in return fades. After Kakao's outage of 2022 no effect "
        "was seen after three days.",
        enters=(MONEY,), protects="low",
    ),
    entry(
        "trust.permanent_share", "Part of the drop in viewers that stays", "share", SHARE,
        (0.0, 0.5), share(0.002, 0.08), "C",
        "Judgement under bounds from KISDI, 2023, and Similarweb via TechCrunch, 2026",
        "Share of the drop in return that is not regained within the retention horizon.",
        enters=(MONEY,), protects="low",
    ),
    entry(
        "trust.retention_horizon", "Retention horizon", "months", TIME_MONTHS,
        (1.0, 36.0), lognormal(6.0, 18.0), "C", JUDGEMENT,
        "How long the lasting part of the drop is counted as a loss. A month is 730 hours.",
        enters=(MONEY,), protects="low",
    ),
    entry(
        "trust.recurrence_gain", "Extra harm of a repeated incident", "ratio", Bounds(0.0, 5.0),
        (0.0, 5.0), lognormal(0.1, 1.5), "C", JUDGEMENT,
        "How much more harm an incident does while trust is still missing, or on each further "
        "day it lasts. 0 means none, 1 means up to twice.",
        enters=(MONEY,), protects="low",
    ),
    entry(
        "trust.cpm_sensitivity", "Ad price drop per unit of lost trust", "ratio",
        Bounds(0.0, 100.0), (0.0, 3.0), lognormal(0.02, 0.5), "C",
        "Judgement; Digiday, 2019, shows disturbed prices, an extreme anecdote",
        "How strongly advertisers' prices follow viewers' lost trust: 0.5 means that 1 % less "
        "return lowers the price by 0.5 %.",
        enters=(MONEY,), protects="low",
    ),
)

_ADS = (
    entry(
        "ads.budget_recapture", "Lost ad spend that returns, of a small loss", "share", SHARE,
        (0.0, 1.0), share(0.15, 0.75), "C",
        "Judgement; budget rules in TikTok Ads Manager help, 2024; Meta FAQ, 2021",
        "Share of a small loss of ad spend that budgets make up afterwards. Of a large loss less "
        "returns: see the pacing horizon.",
        enters=(MONEY,), protects="high",
    ),
    entry(
        "ads.pacing_horizon", "Loss that budgets can make up", "h", TIME_H, (1.0, 168.0),
        lognormal(6.0, 48.0), "C",
        "Derived bracket from TikTok Ads Manager help, 2024: +25 % a day within a week",
        "Hours of full ad revenue that budgets can make up at most. Daily budgets expire, weekly "
        "and campaign budgets stretch further. Orders made later follow the same law.",
        enters=(MONEY,), protects="high",
    ),
    entry(
        "ads.make_good_share", "Make-goods to advertisers", "share", SHARE, (0.0, 0.25),
        share(0.001, 0.05), "C", "Judgement on Digiday, 2019",
        "Credits and free ads given to advertisers, as a share of the ad revenue lost while the "
        "incident ran that their budgets do not make up.",
        enters=(MONEY,), protects="low",
    ),
)

_COSTS = (
    entry(
        "costs.response_per_incident", "Response cost per incident", USD, Bounds(0.0, 1e12),
        (0.0, 5e6), lognormal(50e3, 500e3), "C",
        "Judgement; Uptime Institute, 2025: most significant outages cost over 100,000 USD",
        "Fixed cost of responding to one incident: staff, communication, review.",
        per="incident",
        enters=(INCIDENTS,), protects="low",
    ),
    entry(
        "costs.response_per_hour", "Response cost per hour", USD, Bounds(0.0, 1e12),
        (0.0, 500e3), lognormal(5e3, 50e3), "C", JUDGEMENT,
        "Cost of the people and vendors working on the incident, per hour it lasts.",
        per="incident",
        enters=(INCIDENTS,), protects="low",
    ),
    entry(
        "costs.creator_make_good_share", "Make-goods to creators", "share", SHARE, (0.0, 0.5),
        share(0.001, 0.15), "C",
        "Judgement; Roblox, 2021, and Niconico, 2024, paid; no ad-funded platform found",
        "Payments to creators for lost earnings, as a share of the ad revenue lost with the "
        "viewing. Platforms that share revenue have paid.",
        enters=(MONEY,), protects="low",
    ),
)


def _tier(number: int, below: float, credit: float) -> tuple[Assumption, Assumption]:
    source = (
        "Oracle, PaaS and IaaS Pillar Document, 2024 (percentages unverified); "
        "same tiers in the AWS DynamoDB SLA"
    )
    stem = f"sla.tier_{number}"
    return (
        entry(
            f"{stem}.below", f"SLA tier {number}: availability below", "share", SHARE,
            (0.5, 1.0), fixed(below), "B", source,
            "A month with less availability than this earns the tier's credit. The highest tier "
            "breached applies, once.",
            per="fixed",
            enters=(CONTRACT,), protects="high",
        ),
        entry(
            f"{stem}.credit", f"SLA tier {number}: credit", "share", SHARE, (0.0, 1.0),
            fixed(credit), "B", source,
            "Credit as a share of the month's bill in scope.",
            per="fixed",
            enters=(CONTRACT,), protects="high",
        ),
    )


_SLA = (
    entry(
        "sla.scope_share", "Share of the bill in scope", "share", SHARE, (0.0, 1.0),
        share(0.10, 0.60), "C", JUDGEMENT,
        "Share of the bill for the services that failed; credits are paid on that part only.",
        enters=(CONTRACT,), protects="high",
    ),
    entry(
        "sla.claim_success", "Share of credit obtained", "share", SHARE, (0.0, 1.0),
        share(0.20, 0.90), "C", JUDGEMENT,
        "Share of the credit that is obtained after claims, exclusions and deadlines.",
        enters=(CONTRACT,), protects="high",
    ),
    entry(
        "sla.counted_from", "Impairment counted as downtime", "share", SHARE, (0.0, 1.0),
        share(0.50, 0.95), "C", JUDGEMENT,
        "Impairment from which the contract counts an hour as down. Contracts rarely count a "
        "degraded service.",
        enters=(CONTRACT,), protects="low",
    ),
    *_tier(1, 0.9999, 0.10),
    *_tier(2, 0.99, 0.25),
    *_tier(3, 0.95, 1.0),
)

_RECURRENCE = (
    entry(
        "recurrence.repeat_ratio", "Repeats per incident", "ratio", Bounds(0.0, 0.9),
        (0.0, 0.8), share(0.02, 0.30), "C",
        "Judgement; two region-level events in about six weeks, Oracle status page, 2026",
        "Mean number of follow-up incidents that one incident triggers.",
        enters=(COUNTS,), protects="low",
    ),
    entry(
        "recurrence.repeat_lag", "Mean time to a repeat", "days", Bounds(0.01, 365.0),
        (0.1, 90.0), lognormal(1.0, 21.0), "C", JUDGEMENT,
        "Average time between an incident and the repeats it triggers.",
        enters=(COUNTS,), protects="high",
    ),
)

_SINGLE_REGION = "Judgement: the default platform runs in one region; press reports, 2026"

_RESILIENCE = (
    entry(
        "resilience.failover_success", "Failover success", "share", SHARE, (0.0, 1.0),
        share(0.0, 0.0), "C", _SINGLE_REGION,
        "Chance that traffic moves to a healthy region when one fails. 0 % means there is no "
        "second region.",
        enters=(INCIDENTS, PHASES), protects="high",
    ),
    entry(
        "resilience.residual_impairment", "Impairment left after failover", "share", SHARE,
        (0.0, 1.0), share(0.0, 0.0), "C", _SINGLE_REGION,
        "Share of the impairment that remains until the end of the incident although failover "
        "worked.",
        enters=(PHASES,), protects="low",
    ),
    entry(
        "resilience.playback_shield", "Playback shielded by caches", "share", SHARE, (0.0, 1.0),
        share(0.0, 0.0), "C", _SINGLE_REGION,
        "Share of the playback loss that cached feeds and graceful degradation avoid.",
        enters=(PHASES,), protects="high",
    ),
    entry(
        "resilience.failover_time", "Time to fail over", "h", TIME_H, (0.01, 24.0),
        lognormal(0.25, 4.0), "C", "Judgement on usual recovery times of standby regions",
        "Hours until a successful failover takes effect.", per="incident",
        enters=(INCIDENTS,), protects="low",
    ),
)

_SIMULATION = (
    entry(
        "simulation.tolerance", "Tolerance", USD, Bounds(0.0, 1e13), (0.0, 1e9), fixed(25e6), "C",
        "The scenario's author", "The loss of one year above which the year counts as bad.",
        per="fixed",
        enters=(), inert="Losses are held against it; none depends on it.",
    ),
    entry(
        "simulation.platform_age_months", "Months since the migration", "months",
        Bounds(0.0, 1200.0), (0.0, 120.0), fixed(2.0), "B",
        "Reuters via The Star, 2026: joint venture launched in January 2026",
        "Age of the platform at the start of the year. A young platform has more incidents.",
        per="fixed",
        enters=(COUNTS,), protects="high",
    ),
    entry(
        "simulation.max_duration", "Longest outage counted", "h", Bounds(0.001, HOURS_MAX),
        (24.0, 1000.0), fixed(336.0), "C", "Judgement: two weeks, twice the week of January 2026",
        "Longer outages are cut to this length; the share that was cut is reported.", per="fixed",
        enters=(INCIDENTS,), protects="low",
    ),
)

ASSUMPTIONS: tuple[Assumption, ...] = (
    *_PLATFORM,
    *_REVENUE,
    *_PUBLISHING,
    *_FRESHNESS,
    *_SESSIONS,
    *_TRUST,
    *_ADS,
    *_COSTS,
    *_SLA,
    *_RECURRENCE,
    *_RESILIENCE,
    *_SIMULATION,
)


WORDS: tuple[Word, ...] = (
    Word(
        "platform.name", "Name of the platform", "US short-video app", (),
        "The scenario's author", "C",
        f"What the platform is called on pages, slides and in files, up to {LONGEST_LABEL} "
        "characters.",
        "platform",
        inert="No figure depends on what a platform is called.", longest=LONGEST_LABEL,
    ),
    Word(
        "simulation.start_date", "First day of the year", "2026-04-01", (),
        "Oracle status page, 2026: the month after the second outage", "A",
        "The simulated year begins on this day, written like 2026-04-01.", "simulation",
        enters=(COUNTS, LINKS, MONEY, CONTRACT),
    ),
    Word(
        "simulation.currency", "Currency", USD, (), "The scenario's author", "C",
        "Code of the currency (ISO 4217) that all amounts of money are in, like EUR.",
        "simulation",
        enters=(INCIDENTS, VOLUMES, MONEY, CONTRACT, REMEDIES),
    ),
    Word(
        "simulation.time_zone", "Time zone", "America/New_York", (),
        "Judgement: most US viewers live by Eastern time", "C",
        "Zone of the clock that hours of the week and months are read from, like Europe/Berlin.",
        "simulation",
        enters=(COUNTS, LINKS, MONEY, CONTRACT),
    ),
    Word(
        "profiles.demand", "Demand by hour of week", "demand.csv", (),
        "Judgement; no measured US curve found", "C",
        "File in the data folder with a weight per hour of week, or flat.", "profiles",
        enters=(COUNTS, LINKS, MONEY),
    ),
    Word(
        "profiles.uploads", "Uploads by hour of week", "uploads.csv", (),
        "Judgement: the demand curve an hour earlier and flatter at night", "C",
        "File in the data folder with a weight per hour of week, or flat.", "profiles",
        enters=(LINKS,),
    ),
    Word(
        "profiles.price", "Ad price and season by month", "price.csv", (),
        "Derived from Meta's quarterly ad revenue, 2024; months by judgement", "C",
        "File in the data folder with a weight per month, or flat.", "profiles",
        enters=(LINKS, MONEY),
    ),
)


SCENARIO_WORDS: tuple[Word, ...] = (
    Word(
        "scenario.name", "Name of the scenario", "default", (), "The scenario's author", "C",
        "A short name, up to 200 characters.", "scenario",
        inert="No figure depends on what a scenario is called.",
    ),
    Word(
        "scenario.note", "Note on the scenario", "", (), "The scenario's author", "C",
        "A remark for the reader, up to 200 characters.", "scenario",
        inert="No figure depends on what a scenario is called.",
    ),
    Word(
        "scenario.results_version", "Results version", "", (), "The program that wrote the file",
        "A", "For which defaults and laws the file was written; without it, for results 1.",
        "scenario",
        inert="It says which program wrote a file.",
    ),
)


REMEDY_LABEL = Word(
    "label", "name", "", (), "The scenario's author", "C",
    f"What the remedy is called: any letters, up to {LONGEST_LABEL} of them.", "remedies",
    inert="No figure depends on what a remedy is called.", longest=LONGEST_LABEL,
)
REMEDY_FIELDS: tuple[Assumption, ...] = (
    entry(
        "on", "switched on", "share", SHARE, (0.0, 1.0), fixed(0.0), "C",
        "The scenario's author", "1 applies the remedy, 0 leaves it out.",
        per="fixed", group="remedies",
        enters=(REMEDIES,), protects="low",
    ),
    entry(
        "upfront", "cost upfront", USD, Bounds(0.0, 1e12), (0.0, 1e9), lognormal(0.0, 0.0),
        "C", JUDGEMENT, "One-time cost of the remedy.", group="remedies",
        enters=(REMEDIES,), protects="low",
    ),
    entry(
        "annual", "cost per year", USD, Bounds(0.0, 1e12), (0.0, 2e9), lognormal(0.0, 0.0),
        "C", JUDGEMENT, "Running cost of the remedy per year.", group="remedies",
        enters=(REMEDIES,), protects="low",
    ),
    entry(
        "upfront_share", "cost upfront as a share of the cloud bill", "ratio", Bounds(0.0, 100.0),
        (0.0, 1.0), lognormal(0.0, 0.0), "C", JUDGEMENT,
        "One-time cost of the remedy, as a share of a year's cloud bill.", group="remedies",
        enters=(REMEDIES,), protects="low",
    ),
    entry(
        "annual_share", "cost per year as a share of the cloud bill", "ratio", Bounds(0.0, 100.0),
        (0.0, 3.0), lognormal(0.0, 0.0), "C", JUDGEMENT,
        "Running cost of the remedy, as a share of the cloud bill.", group="remedies",
        enters=(REMEDIES,), protects="low",
    ),
    entry(
        "life", "life in years", "years", above_zero(100.0), (1.0, 15.0), fixed(5.0), "C",
        JUDGEMENT, "Years over which the upfront cost is spread.",
        per="fixed", group="remedies",
        enters=(REMEDIES,), protects="low",
    ),
)
