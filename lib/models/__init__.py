"""The nouns that every room speaks of: customers, addresses, orders, money; frozen and exact.

Shapes are those of the platform's customer API.
"""

from lib.models.documents import Json, Odd, Reading, is_email, is_id, moment, text
from lib.models.money import Money, amount, exact_sum, exactly, json_number
from lib.models.operators import ROLES, NotAllowed, Operator
from lib.models.orders import LINES, NOT_SPENT, Filters, Line, Order, OrderHistory, Performance
from lib.models.people import Address, Customer, Details

__all__ = [
    "LINES",
    "NOT_SPENT",
    "ROLES",
    "Address",
    "Customer",
    "Details",
    "Filters",
    "Json",
    "Line",
    "Money",
    "NotAllowed",
    "Odd",
    "Operator",
    "Order",
    "OrderHistory",
    "Performance",
    "Reading",
    "amount",
    "exact_sum",
    "exactly",
    "is_email",
    "is_id",
    "json_number",
    "moment",
    "text",
]
