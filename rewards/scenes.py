"""What scenarios can say about rewards: redeeming, cancelling, using, and what was paid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from common import clock
from common.ids import uuid7
from common.text import number, scaled
from program.blueprint import Table
from program.errors import BlueprintInvalid
from program.scenarios import (
    Expectation,
    Found,
    Stage,
    Step,
    register,
    register_follow_up,
    register_monthly,
    register_tick,
)
from program.sections import Code, Text
from rewards import (
    contests,
    converting,
    delivery,
    exchange,
    giving,
    offers,
    redemption,
    reservation,
    stock,
    sweeping,
    together,
    vouchers,
)
from rewards.aspects import whom
from rewards.exchange import Exchanged
from rewards.models import (
    Conversion,
    Draw,
    Fulfilment,
    FundTotal,
    Redemption,
    Reservation,
    RewardDate,
)
from rewards.redemption import Choice

ACTOR = "system:scenario"


class RedeemTable(Table):
    """Take a reward; `as` names the voucher for later steps."""

    reward: Code
    together: bool = False
    as_: str = msgspec.field(default="", name="as")
    amount: Decimal | None = None
    date: dt.date | None = None
    address: str = ""


class ReserveTable(Table):
    """Put a reward aside at a cart or till; `as` names it for later steps."""

    reward: Code
    as_: str = msgspec.field(default="", name="as")
    amount: Decimal | None = None


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


class SendTable(Table):
    """Send what was ordered, or say that it arrived."""

    voucher: str
    delivered: bool = False


class DrawTable(Table):
    reward: Code


class UploadTable(Table):
    reward: Code
    codes: list[str]


class FundFound(Table):
    """What a fund was given so far."""

    fund: Code
    amount: Decimal


class LeftFound(Table):
    """How many of a reward are left."""

    reward: Code
    count: int


class ShareFound(Table):
    """Members who redeemed within some days, and those of them who gave."""

    from_: dt.date = msgspec.field(name="from")
    until: dt.date
    redeemers: int
    donors: int
    percent: Decimal


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
        stage.who(), conversion=conversion, amount=amount, attempt=uuid7(), actor=ACTOR
    )


def _redeem(table: RedeemTable, stage: Stage) -> Redemption:
    reward = offers.reward_by_code(table.reward)
    wanted = table.amount
    amount = None if wanted is None else int(wanted.scaleb(reward.unit.decimals))
    dates = RewardDate.objects.filter(reward=reward, day=table.date) if table.date else ()
    date = next((one.pk for one in dates), None)
    redeem = together.redeem if table.together else redemption.redeem
    made = redeem(
        stage.who(),
        reward=reward,
        attempt=uuid7(),
        actor=ACTOR,
        choice=Choice(amount=amount, date=date, address=table.address),
    )
    stage.named[table.as_ or table.reward] = made
    return made


def _reserve(table: ReserveTable, stage: Stage) -> Reservation:
    reward = offers.reward_by_code(table.reward)
    wanted = table.amount
    made = reservation.hold(
        stage.who(),
        reward=reward,
        attempt=uuid7(),
        actor=ACTOR,
        amount=None if wanted is None else int(wanted.scaleb(reward.unit.decimals)),
    )
    stage.named[f"reserved:{table.as_ or table.reward}"] = made
    return made


def _take(table: TakeTable, stage: Stage) -> Redemption:
    made = reservation.capture(_reserved(table.reserved, stage), actor=ACTOR)
    stage.named[table.reserved] = made
    return made


def _let_go(table: LetGoTable, stage: Stage) -> Reservation:
    kept = _reserved(table.reserved, stage)
    return reservation.release(kept, reason=table.reason, actor=ACTOR)


def _reserved(name: str, stage: Stage) -> Reservation:
    if f"reserved:{name}" not in stage.named:
        raise BlueprintInvalid(f'nothing was put aside as "{name}". Reserve it in an earlier step.')
    made: Reservation = stage.named[f"reserved:{name}"]
    return made


def _send(table: SendTable, stage: Stage) -> Fulfilment:
    parcel = delivery.parcel_of(_named(table.voucher, stage))
    if parcel is None:
        raise BlueprintInvalid(f'"{table.voucher}" is not something that is sent.')
    if table.delivered:
        return delivery.deliver(parcel, actor=ACTOR)
    return delivery.ship(parcel, actor=ACTOR)


def _draw(table: DrawTable, stage: Stage) -> Draw:
    return contests.draw(offers.reward_by_code(table.reward), actor=ACTOR)


def _upload(table: UploadTable, stage: Stage) -> int:
    return stock.upload(offers.reward_by_code(table.reward), table.codes)


def _fund(wanted: FundFound, stage: Stage) -> Found:
    total = FundTotal.objects.select_related("fund__unit").filter(fund=wanted.fund).first()
    if total is None:
        raise BlueprintInvalid(f'there is no fund "{wanted.fund}".')
    amount = scaled(total.amount, total.fund.unit.decimals)
    return Found(msgspec.structs.replace(wanted, amount=amount))


def _left(wanted: LeftFound, stage: Stage) -> Found:
    today = clock.local_date(clock.now(), stage.zone)
    left = stock.left_of(offers.reward_by_code(wanted.reward), today=today)
    because = ("It has no stock: there is no limit.",) if left is None else ()
    return Found(msgspec.structs.replace(wanted, count=-1 if left is None else left), because)


def _donors(wanted: ShareFound, stage: Stage) -> Found:
    share = giving.share(
        since=clock.start_of_day(wanted.from_, stage.zone),
        until=clock.start_of_day(wanted.until, stage.zone),
    )
    percent = Decimal(share.percent.numerator) / share.percent.denominator
    found = {"redeemers": share.redeemers, "donors": share.donors, "percent": percent}
    return Found(msgspec.structs.replace(wanted, **found))


def _winners(wanted: int, stage: Stage) -> Found:
    made: Draw | None = stage.result
    return Found(len(made.winners) if made else 0)


def _cancel(table: CancelTable, stage: Stage) -> Redemption:
    return redemption.cancel(_named(table.voucher, stage), reason=table.reason, actor=ACTOR)


def _use(table: UseTable, stage: Stage) -> Redemption:
    return vouchers.use(_named(table.voucher, stage).code, actor=ACTOR)


def _named(name: str, stage: Stage) -> Redemption:
    if name not in stage.named:
        raise BlueprintInvalid(f'there is no voucher "{name}". Redeem it in an earlier step.')
    return stage.named[name]


def _paid(wanted: Decimal, stage: Stage) -> Found:
    made: Redemption | None = stage.result
    if not isinstance(made, Redemption):
        return Found(Decimal(0), ("Nothing was taken in this step.",))
    return Found(scaled(made.price, made.unit.decimals), tuple(_prices(made)))


def _prices(made: Redemption) -> Iterator[str]:
    """What a reward costs, for whom and when: the lowest that holds is what is paid."""
    for row in made.reward.prices.select_related("tier", "segment", "plan"):
        amount, unit = scaled(row.amount, made.unit.decimals), made.unit
        noun = unit.singular if amount == 1 else unit.plural
        yield " ".join(
            (
                f"{made.reward} costs {number(amount)} {noun}",
                *(() if row.is_for_everybody else (f"for {whom(row)}",)),
                *((f"since {row.starts_on}",) if row.starts_on else ()),
                *((f"before {row.ends_on}",) if row.ends_on else ()),
            )
        )


def _money(wanted: Decimal, stage: Stage) -> Found:
    made: Redemption | Reservation | None = stage.result
    return Found((made.money if made else None) or Decimal(0))


def install() -> None:
    """Register the steps and expectations of this app."""
    register(
        Step("redeem", RedeemTable, _redeem),
        Step("reserve", ReserveTable, _reserve),
        Step("take", TakeTable, _take),
        Step("let_go", LetGoTable, _let_go),
        Step("cancel", CancelTable, _cancel),
        Step("use", UseTable, _use),
        Step("send", SendTable, _send),
        Step("draw", DrawTable, _draw),
        Step("upload", UploadTable, _upload),
        Step("exchange", ExchangeTable, _exchange),
        Expectation("paid", Decimal, _paid),
        Expectation("money", Decimal, _money),
        Expectation("fund", FundFound, _fund),
        Expectation("left", LeftFound, _left),
        Expectation("donors", ShareFound, _donors),
        Expectation("winners", int, _winners),
    )
    register_tick(sweeping.run)
    register_follow_up(converting.catch_up)
    register_monthly(Conversion.objects.filter(is_monthly=True).exists)
    register_tick(reservation.drop_overdue)
