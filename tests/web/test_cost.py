"""What an interview is expected to cost, before it starts."""

from __future__ import annotations

from interviewer.bank import Bank
from interviewer.follow_up import FOLLOW_UPS
from interviewer.providers import Endpoint
from interviewer.settings import read
from interviewer.web.cost import estimate
from tests.examples import question


def test_a_deeper_interview_is_expected_to_cost_more() -> None:
    bank = Bank(questions={q.id: q for q in (question(), question("why-mask"))}, topics={})
    endpoint = Endpoint(base_url="http://127.0.0.1:1/v1", model="m")
    told = [estimate(read({}), bank, "en", 4, endpoint, depth=depth) for depth in FOLLOW_UPS]
    assert [t["calls"] for t in told] == [6, 8, 12]
    assert told[0]["input_tokens"] < told[1]["input_tokens"] < told[2]["input_tokens"]
    assert told[0]["output_tokens"] < told[1]["output_tokens"] < told[2]["output_tokens"]
