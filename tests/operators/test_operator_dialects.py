"""However the API speaks where its documents leave that open, each effect is there exactly once."""

import pytest
from operator_steps import context, run_with_retries
from operator_writes import CREATIONS, WRITES

from airflow_provider_covage.sandbox import Dialect

BY_OPERATION = {write.operation: write for write in WRITES}

# What an operator has to cope with, switch by switch.
SWITCHES = {
    "quote.create": "external_id_empty lists_array paging_url created_200 unset_null",
    "quote.update": "external_id_empty first_state_created",
    "quote.confirm": "confirm_no_content inner_lines_ids first_state_created",
    "quote_item.create": "external_id_empty_for_lines external_id_empty inner_lines_ids unset_null",
    "quote_item.update": "item_update_basket first_state_created",
    "quote_item.delete": "deletions_no_content first_state_created",
    "quote_item.upload_trace": "first_state_created",
    "quote_item.delete_trace": "deletions_no_content",
    "quote_item.accept": "accept_shared_session external_id_empty accept_external_id_none",
    "quote_item.decline": "decline_refuses_line",
    "quote_item.restore_price": "decline_refuses_line",
    "product_order.create": "external_id_empty lists_array lists_documented session_detail_with_state",
    "product_order.update": "session_detail_with_state inner_lines_ids external_id_empty",
    "product_order.delete": "session_deletion_body session_detail_with_state inner_lines_ids",
    "product_order.confirm": "session_detail_with_state inner_lines_ids external_id_empty unset_null",
    "product_order_item.create": "external_id_empty_for_lines external_id_empty inner_lines_ids",
    "product_order_item.update": "session_detail_with_state enni_field_enni2 cpe_field_network",
    "product_order_item.delete": "deletions_no_content session_detail_with_state",
    "fon.create": "fon_prefix_double fon_prefix_both lists_array first_state_created unset_null",
    "fon.update": "first_state_created unset_null",
    "fon.delete": "deletions_no_content first_state_created",
    "fon.confirm": "first_state_created",
    "fon.upload_sites": "first_state_created",
    "fon.delete_sites": "deletions_no_content unset_null",
    "fon.delete_trace": "deletions_no_content unset_null",
    "eligibility.create": "eligibility_items_plural external_id_empty",
}
CASES = [
    pytest.param(
        BY_OPERATION[operation],
        marks=pytest.mark.covage_sandbox(dialect=Dialect.named(switch)),
        id=f"{BY_OPERATION[operation]}-{switch}",
    )
    for operation, switches in SWITCHES.items()
    for switch in switches.split()
]
# The seeds are arbitrary.
MIXTURES = [
    pytest.param(write, marks=pytest.mark.covage_sandbox(dialect=Dialect.mixture(seed)), id=f"{write}-{seed}")
    for seed in (1, 2)
    for write in WRITES
    if write not in CREATIONS or Dialect.mixture(seed).external_id != "empty"
]


@pytest.mark.parametrize("write", CASES)
def test_one_switch(write, sandbox, steps, sent):
    arguments = write.begin(steps)
    sent.begin()
    sandbox.fault("close_after", match=write.operation)

    result = run_with_retries(lambda: write.make(arguments))

    write.check(steps, arguments, result)
    assert set(sent()) == {write.operation}
    assert write.repeatable or len(sent()) == 1


@pytest.mark.parametrize("write", MIXTURES)
def test_all_switches_mixed(write, sandbox, steps, sent):
    arguments = write.begin(steps)
    sent.begin()
    sandbox.fault("close_after", match=write.operation)

    result = run_with_retries(lambda: write.make(arguments))

    write.check(steps, arguments, result)
    assert set(sent()) == {write.operation}
    assert write.repeatable or len(sent()) == 1


@pytest.mark.parametrize("write", [case for case in CASES if case.values[0].later])
def test_cleared_task_adopts(write, steps, sent):
    arguments = write.begin(steps)
    made = write.make(arguments).execute(context(1))
    write.later(steps, arguments, made)
    sent.begin()

    result = write.make(arguments).execute(context(2))

    write.check(steps, arguments, result)
    assert sent() == []
