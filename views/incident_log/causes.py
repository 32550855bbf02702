"""Which cause of the scenario a row of the log is: by its column, by a word, or all of one."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from model.evidence.log.causes import likely
from model.present.words import headline
from model.present.words.spoken.subject import cause_label
from views.incident_log import in_hand
from views.incident_log.in_hand import InHand
from views.session import state

_KEEP, _BY_TEXT, _ONE = "", "texts", "one"
_MOST_WORDS = 24
_LONGEST = 60


def ask(log: InHand, by_hand: dict[str, str]) -> tuple[tuple[tuple[str, str], ...], str]:
    """Show how causes are told; return the words with their causes, and one cause for all."""
    column = {**log.guess.columns, **by_hand}.get("cause", "")
    with st.expander("Causes: what belongs to which cause of the scenario", key=log.key("causes")):
        how = st.radio(
            "Causes",
            (_BY_TEXT, _ONE),
            format_func=lambda kind: {
                _BY_TEXT: "By the rows' own words",
                _ONE: "All rows are of one cause",
            }[kind],
            horizontal=True,
            label_visibility="collapsed",
            key=log.key("cause_how"),
            persist_state="session",
        )
        if how == _ONE:
            one = st.selectbox(
                "Cause",
                state.current().causes,
                format_func=_named,
                key=log.key("cause_one"),
                persist_state="session",
            )
            return (), str(one)
        words = _words(log, column) if column in log.table.columns else ()
        return (*words, *_rules(log)), ""


def _named(cause: str) -> str:
    return headline.plain(cause_label(cause)) if cause else "as it is written"


def _words(log: InHand, column: str) -> tuple[tuple[str, str], ...]:
    """Ask for the cause behind each word of the column; those not said keep their own name."""
    counts = log.words(column)
    words = [word for word, _ in counts.most_common(_MOST_WORDS)]
    st.caption(
        headline.markdown(
            f"Words in the column “{column}”. A word without a cause of the scenario is counted "
            "as of any of them."
        )
    )
    st.button(
        "Suggest causes",
        on_click=_suggest,
        args=(log, words),
        key=log.key("suggest"),
        icon=":material/auto_fix_high:",
    )
    places, found = st.columns(3), []
    for k, word in enumerate(words):
        cause = places[k % 3].selectbox(
            headline.markdown(f"{word[:_LONGEST]} ({counts[word]:,})"),
            [_KEEP, *state.current().causes],
            format_func=_named,
            key=_word_key(log, word),
            persist_state="session",
        )
        if cause:
            found.append((word, str(cause)))
    return tuple(found)


def _word_key(log: InHand, word: str) -> str:
    return log.key(f"word.{word}")


def _suggest(log: InHand, words: list[str]) -> None:
    """Fill in the causes that the words probably mean."""
    for word in words:
        cause = likely(word, state.current().causes)
        if cause:
            st.session_state[_word_key(log, word)] = cause


def _rules(log: InHand) -> tuple[tuple[str, str], ...]:
    """Show the rules about texts; return them in their order."""
    rules = log.by_hand.rules
    for k, (word, cause) in enumerate(rules):
        said, away = st.columns([5, 1], vertical_alignment="center")
        said.markdown(headline.markdown(f"Contains “{word}”: {cause_label(cause)}"))
        away.button("Remove", key=log.key(f"rule.{k}"), on_click=_drop_rule, args=(log, k))
    with st.form(log.key("rule"), border=False, clear_on_submit=True):
        text, which, add = st.columns([3, 3, 1], vertical_alignment="bottom")
        text.text_input("Title, cause, kind or service contains", key=log.key("rule_word"))
        which.selectbox(
            "is of", state.current().causes, format_func=_named, key=log.key("rule_cause")
        )
        add.form_submit_button("Add", on_click=_add_rule, args=(log,))
    return rules


def _add_rule(log: InHand) -> None:
    word = str(st.session_state[log.key("rule_word")]).strip()
    if word:
        rule = (word, str(st.session_state[log.key("rule_cause")]))
        in_hand.say(replace(log.by_hand, rules=(*log.by_hand.rules, rule)))


def _drop_rule(log: InHand, which: int) -> None:
    kept = (rule for k, rule in enumerate(log.by_hand.rules) if k != which)
    in_hand.say(replace(log.by_hand, rules=tuple(kept)))
