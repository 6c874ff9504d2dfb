"""What scenarios can say about rewards: redeeming, cancelling, using, and what was paid."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from common.ids import uuid7
from common.text import scaled
from program.blueprint import Table
from program.errors import BlueprintInvalid
from program.scenarios import Expectation, Found, Stage, Step, register, register_tick
from program.sections import Code, Text
from rewards import exchange, offers, redemption, reservation, together, vouchers
from rewards.exchange import Exchanged
from rewards.models import Conversion, Redemption, Reservation


class RedeemTable(Table):
    """Take a reward; `as` names the voucher for later steps."""

    reward: Code
    together: bool = False
    as_: str = msgspec.field(default="", name="as")


class ReserveTable(Table):
    """Put a reward aside at a cart or till; `as` names it for later steps."""

    reward: Code
    as_: str = msgspec.field(default="", name="as")


class TakeTable(Table):
    """Take what was put aside; its voucher has the same name."""

    reserved: str


class LetGoTable(Table):
    reserved: str
    reason: Text = "Scenario"


class CancelTable(Table):
    voucher: str
    reason: Text = "Scenario"


class UseTable(Table):
    voucher: str


class ExchangeTable(Table):
    """Exchange up to so much by a conversion."""

    conversion: Code
    amount: Decimal


def _exchange(table: ExchangeTable, stage: Stage) -> Exchanged:
    conversion = Conversion.objects.select_related("takes").filter(code=table.conversion).first()
    if conversion is None:
        raise BlueprintInvalid(f'there is no conversion "{table.conversion}".')
    amount = int(table.amount.scaleb(conversion.takes.decimals))
    return exchange.exchange(
        stage.who(), conversion=conversion, amount=amount, attempt=uuid7(), actor="system:scenario"
    )


def _redeem(table: RedeemTable, stage: Stage) -> Redemption:
    reward = offers.reward_by_code(table.reward)
    redeem = together.redeem if table.together else redemption.redeem
    made = redeem(stage.who(), reward=reward, attempt=uuid7(), actor="system:scenario")
    stage.named[table.as_ or table.reward] = made
    return made


def _reserve(table: ReserveTable, stage: Stage) -> Reservation:
    reward = offers.reward_by_code(table.reward)
    made = reservation.hold(stage.who(), reward=reward, attempt=uuid7(), actor="system:scenario")
    stage.named[f"reserved:{table.as_ or table.reward}"] = made
    return made


def _take(table: TakeTable, stage: Stage) -> Redemption:
    made = reservation.capture(_reserved(table.reserved, stage), actor="system:scenario")
    stage.named[table.reserved] = made
    return made


def _let_go(table: LetGoTable, stage: Stage) -> Reservation:
    kept = _reserved(table.reserved, stage)
    return reservation.release(kept, reason=table.reason, actor="system:scenario")


def _reserved(name: str, stage: Stage) -> Reservation:
    if f"reserved:{name}" not in stage.named:
        raise BlueprintInvalid(f'nothing was put aside as "{name}". Reserve it in an earlier step.')
    made: Reservation = stage.named[f"reserved:{name}"]
    return made


def _cancel(table: CancelTable, stage: Stage) -> Redemption:
    return redemption.cancel(
        _named(table.voucher, stage), reason=table.reason, actor="system:scenario"
    )


def _use(table: UseTable, stage: Stage) -> Redemption:
    return vouchers.use(_named(table.voucher, stage).code, actor="system:scenario")


def _named(name: str, stage: Stage) -> Redemption:
    if name not in stage.named:
        raise BlueprintInvalid(f'there is no voucher "{name}". Redeem it in an earlier step.')
    return stage.named[name]


def _paid(wanted: Decimal, stage: Stage) -> Found:
    made: Redemption | None = stage.result
    return Found(scaled(made.price, made.unit.decimals) if made else Decimal(0))


def install() -> None:
    """Register the steps and expectations of this app."""
    register(
        Step("redeem", RedeemTable, _redeem),
        Step("reserve", ReserveTable, _reserve),
        Step("take", TakeTable, _take),
        Step("let_go", LetGoTable, _let_go),
        Step("cancel", CancelTable, _cancel),
        Step("use", UseTable, _use),
        Step("exchange", ExchangeTable, _exchange),
        Expectation("paid", Decimal, _paid),
    )
    register_tick(reservation.drop_overdue)
