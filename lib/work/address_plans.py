"""The writes on saved addresses: what each checks, sends, and how a look tells what became of it."""

from __future__ import annotations

from typing import Any

from lib.models import Address
from lib.work.plans import Plan, Sending, Settled, Verdict


class OnAddresses(Plan):
    """What the three writes on saved addresses share: their list, read afresh."""

    def addresses(self) -> dict[str, Address]:
        return {a.address_id: a for a in self.api.addresses(self.cust_id, fresh=True).value}

    def address(self) -> Address:
        return Address(**{k: v or "" for k, v in self.wanted.items()})

    def earlier(self) -> Address:
        return Address(**{k: v or "" for k, v in self.before.items()})


class Add(OnAddresses):
    """Adds an address; it is found again as the one that was not there before and says what was typed."""

    def check(self) -> dict[str, Any]:
        return {"before": {"ids": sorted(self.addresses())}}

    def send(self, sending: Sending) -> dict[str, Any]:
        self.api.add_address(self.cust_id, self.address(), before_send=sending)
        return {}

    def look(self) -> Verdict:
        known, wanted = set(self.before.get("ids", ())), self.address()
        new = [a for a in self.addresses().values() if a.address_id not in known and a.same_place(wanted)]
        if len(new) > 1:
            return Verdict("conflict", {"found": {"copies": len(new)}})
        return Verdict("done" if new else "not_applied")


class Alter(OnAddresses):
    """Amends an address that is still as the form showed it."""

    def check(self) -> dict[str, Any]:
        found = self.addresses().get(self.address().address_id)
        if found is None:
            raise Settled("conflict", found={})
        if found == self.address():
            raise Settled("same")
        if found != self.earlier():
            raise Settled("conflict", found=found.to_json())
        return {}

    def send(self, sending: Sending) -> dict[str, Any]:
        self.api.amend_address(self.cust_id, self.address(), before_send=sending)
        return {}

    def look(self) -> Verdict:
        found = self.addresses().get(self.address().address_id)
        if found == self.address():
            return Verdict("done")
        if found == self.earlier():
            return Verdict("not_applied")
        return Verdict("conflict", {"found": found.to_json() if found else {}})


class Remove(OnAddresses):
    """Removes an address that is still as the page showed it."""

    def check(self) -> dict[str, Any]:
        found = self.addresses().get(self.earlier().address_id)
        if found is None:
            raise Settled("same")
        if found != self.earlier():
            raise Settled("conflict", found=found.to_json())
        return {}

    def send(self, sending: Sending) -> dict[str, Any]:
        self.api.remove_address(self.cust_id, self.earlier().address_id, before_send=sending)
        return {}

    def look(self) -> Verdict:
        return Verdict("not_applied" if self.earlier().address_id in self.addresses() else "done")
