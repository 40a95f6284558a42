"""the first tables"""

import sqlalchemy as sa
from alembic import op

from syncer.store.database import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for make in TABLES:
        make()


def _authorisation() -> None:
    op.create_table(
        "authorisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("marketplace", sa.String(), nullable=False),
        sa.Column("shop_id", sa.String(), nullable=False),
        sa.Column("access_token", sa.LargeBinary(), nullable=False),
        sa.Column("refresh_token", sa.LargeBinary(), nullable=False),
        sa.Column("access_expires_at", Instant(timezone=True), nullable=True),
        sa.Column("refresh_expires_at", Instant(timezone=True), nullable=True),
        sa.Column("seed_hash", sa.String(), nullable=False),
        sa.Column("refused", sa.String(), nullable=True),
        sa.Column("updated_at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorisation")),
        sa.UniqueConstraint("marketplace", "shop_id", name=op.f("uq_authorisation_marketplace_shop_id")),
    )


def _channel() -> None:
    op.create_table(
        "channel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("marketplace", sa.String(), nullable=False),
        sa.Column("shop_id", sa.String(), nullable=True),
        sa.Column("adopted_at", Instant(timezone=True), nullable=True),
        sa.Column("catalogue_seq", sa.BigInteger(), nullable=False),
        sa.Column("rules_hash", sa.String(), nullable=False),
        sa.Column("facts_json", sa.Text(), nullable=True),
        sa.Column("facts_at", Instant(timezone=True), nullable=True),
        sa.Column("orders_pulled_at", Instant(timezone=True), nullable=True),
        sa.Column("orders_since", Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel")),
        sa.UniqueConstraint("name", name=op.f("uq_channel_name")),
    )


def _counter() -> None:
    op.create_table(
        "counter",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )


def _import_run() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("imported", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("undone_at", Instant(timezone=True), nullable=True),
        sa.Column("problems_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )


def _producer() -> None:
    op.create_table(
        "producer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_producer")),
        sa.UniqueConstraint("code", name=op.f("uq_producer_code")),
    )


def _import_change() -> None:
    op.create_table(
        "import_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("before_json", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["import_run.id"], name=op.f("fk_import_change_import_id_import_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_change")),
    )
    with op.batch_alter_table("import_change", schema=None) as batch_op:
        batch_op.create_index("ix_import_change_import_id_kind_key", ["import_id", "kind", "key"], unique=False)


def _lease() -> None:
    op.create_table(
        "lease",
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("heartbeat_at", Instant(timezone=True), nullable=True),
        sa.Column("call_deadline_at", Instant(timezone=True), nullable=True),
        sa.Column("wanted_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_lease_channel_id_channel")),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_lease")),
    )


def _order_line() -> None:
    op.create_table(
        "order_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("placed_at", Instant(timezone=True), nullable=False),
        sa.Column("updated_at", Instant(timezone=True), nullable=False),
        sa.Column("matched", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_order_line_channel_id_channel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
        sa.UniqueConstraint("channel_id", "order_id", "sku", name=op.f("uq_order_line_channel_id_order_id_sku")),
    )


def _product() -> None:
    op.create_table(
        "product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("brand", sa.String(), nullable=True),
        sa.Column("option1_name", sa.String(), nullable=True),
        sa.Column("option2_name", sa.String(), nullable=True),
        sa.Column("pirt", sa.String(), nullable=True),
        sa.Column("bpom_md", sa.String(), nullable=True),
        sa.Column("halal_id", sa.String(), nullable=True),
        sa.Column("shelf_life_days", sa.Integer(), nullable=True),
        sa.Column("made_to_order_days", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("changed_seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], name=op.f("fk_product_producer_id_producer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("code", name=op.f("uq_product_code")),
    )
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_product_changed_seq"), ["changed_seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_product_producer_id"), ["producer_id"], unique=False)


def _run() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("as_of", Instant(timezone=True), nullable=False),
        sa.Column("started_at", Instant(timezone=True), nullable=False),
        sa.Column("ended_at", Instant(timezone=True), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("counts_json", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_run_channel_id_channel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_channel_id"), ["channel_id"], unique=False)


def _hold() -> None:
    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(timezone=True), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decided_at", Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_hold_channel_id_channel")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_hold_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hold_channel_id"), ["channel_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hold_run_id"), ["run_id"], unique=False)


def _listing() -> None:
    op.create_table(
        "listing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("created", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("state_since", Instant(timezone=True), nullable=True),
        sa.Column("due_at", Instant(timezone=True), nullable=True),
        sa.Column("disturbed", sa.Boolean(), nullable=False),
        sa.Column("renderer", sa.Integer(), nullable=False),
        sa.Column("source_json", sa.String(), nullable=False),
        sa.Column("content_desired", sa.Text(), nullable=True),
        sa.Column("content_acknowledged", sa.Text(), nullable=True),
        sa.Column("content_observed", sa.Text(), nullable=True),
        sa.Column("structure_desired", sa.Text(), nullable=True),
        sa.Column("structure_acknowledged", sa.Text(), nullable=True),
        sa.Column("structure_observed", sa.Text(), nullable=True),
        sa.Column("visibility_desired", sa.Boolean(), nullable=True),
        sa.Column("visibility_acknowledged", sa.Boolean(), nullable=True),
        sa.Column("visibility_observed", sa.Boolean(), nullable=True),
        sa.Column("observed_at", Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_listing_channel_id_channel")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_listing_product_id_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
        sa.UniqueConstraint("channel_id", "external_id", name=op.f("uq_listing_channel_id_external_id")),
        sa.UniqueConstraint("channel_id", "product_id", name=op.f("uq_listing_channel_id_product_id")),
    )
    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.create_index(
            "ix_listing_due",
            ["channel_id", "due_at"],
            unique=False,
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_listing_product_id"), ["product_id"], unique=False)


def _picture() -> None:
    op.create_table(
        "picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_picture_product_id_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
        sa.UniqueConstraint("product_id", "position", name=op.f("uq_picture_product_id_position")),
    )


def _variant() -> None:
    op.create_table(
        "variant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("sku_key", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("option1_value", sa.String(), nullable=True),
        sa.Column("option2_value", sa.String(), nullable=True),
        sa.Column("barcode", sa.String(), nullable=True),
        sa.Column("price_idr", sa.BigInteger(), nullable=False),
        sa.Column("net_weight_g", sa.Integer(), nullable=True),
        sa.Column("ship_weight_g", sa.Integer(), nullable=False),
        sa.Column("length_cm", sa.Integer(), nullable=False),
        sa.Column("width_cm", sa.Integer(), nullable=False),
        sa.Column("height_cm", sa.Integer(), nullable=False),
        sa.Column("producer_price_idr", sa.BigInteger(), nullable=True),
        sa.Column("stock_confirmed_on", sa.Date(), nullable=True),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_variant_product_id_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variant")),
        sa.UniqueConstraint("sku_key", name=op.f("uq_variant_sku_key")),
    )
    with op.batch_alter_table("variant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_variant_product_id"), ["product_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_variant_sku"), ["sku"], unique=False)


def _facet() -> None:
    op.create_table(
        "facet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("facet", sa.String(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("wanted", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("since", Instant(timezone=True), nullable=False),
        sa.Column("retry_at", Instant(timezone=True), nullable=True),
        sa.Column("not_before", Instant(timezone=True), nullable=True),
        sa.Column("next_step", sa.Text(), nullable=True),
        sa.Column("receipt", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_facet_channel_id_channel")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_facet_listing_id_listing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facet")),
        sa.UniqueConstraint("listing_id", "sku", "facet", name=op.f("uq_facet_listing_id_sku_facet")),
    )
    with op.batch_alter_table("facet", schema=None) as batch_op:
        batch_op.create_index(
            "ix_facet_due",
            ["channel_id", "retry_at"],
            unique=False,
            sqlite_where=sa.text("retry_at IS NOT NULL"),
            postgresql_where=sa.text("retry_at IS NOT NULL"),
        )


def _held_change() -> None:
    op.create_table(
        "held_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("facet", sa.String(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("used_at", Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_held_change_channel_id_channel")),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_held_change_hold_id_hold")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_held_change_listing_id_listing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_change")),
        sa.UniqueConstraint(
            "hold_id", "listing_id", "sku", "facet", name=op.f("uq_held_change_hold_id_listing_id_sku_facet")
        ),
    )
    with op.batch_alter_table("held_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_held_change_listing_id"), ["listing_id"], unique=False)


def _intent() -> None:
    op.create_table(
        "intent",
        sa.Column("uuid", sa.String(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("skus_json", sa.Text(), nullable=False),
        sa.Column("wanted_json", sa.Text(), nullable=False),
        sa.Column("sources_json", sa.Text(), nullable=False),
        sa.Column("renderer", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("created_at", Instant(timezone=True), nullable=False),
        sa.Column("looked_at", Instant(timezone=True), nullable=True),
        sa.Column("empty_looks", sa.Integer(), nullable=False),
        sa.Column("sent_at", Instant(timezone=True), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("closed_at", Instant(timezone=True), nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_intent_channel_id_channel")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_intent_listing_id_listing")),
        sa.PrimaryKeyConstraint("uuid", name=op.f("pk_intent")),
    )
    with op.batch_alter_table("intent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_intent_channel_id"), ["channel_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_intent_listing_id"), ["listing_id"], unique=False)
        batch_op.create_index(
            "ix_intent_open",
            ["listing_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )


def _offer() -> None:
    op.create_table(
        "offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("external_sku", sa.String(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("price_desired", sa.BigInteger(), nullable=True),
        sa.Column("price_acknowledged", sa.BigInteger(), nullable=True),
        sa.Column("price_observed", sa.BigInteger(), nullable=True),
        sa.Column("price_acknowledged_at", Instant(timezone=True), nullable=True),
        sa.Column("stock_desired", sa.Integer(), nullable=True),
        sa.Column("stock_acknowledged", sa.Integer(), nullable=True),
        sa.Column("stock_observed", sa.Integer(), nullable=True),
        sa.Column("stock_acknowledged_at", Instant(timezone=True), nullable=True),
        sa.Column("observed_at", Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_offer_channel_id_channel")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_offer_listing_id_listing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("channel_id", "sku", name=op.f("uq_offer_channel_id_sku")),
    )
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offer_listing_id"), ["listing_id"], unique=False)


def _outcome() -> None:
    op.create_table(
        "outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("facet", sa.String(), nullable=False),
        sa.Column("creates", sa.Boolean(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_outcome_channel_id_channel")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_outcome_listing_id_listing")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_outcome_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
    )
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.create_index("ix_outcome_channel_id_facet_at", ["channel_id", "facet", "at"], unique=False)
        batch_op.create_index("ix_outcome_listing_id_sku_facet_at", ["listing_id", "sku", "facet", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outcome_run_id"), ["run_id"], unique=False)


def _stock_movement() -> None:
    op.create_table(
        "stock_movement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", Instant(timezone=True), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["import_run.id"], name=op.f("fk_stock_movement_import_id_import_run")),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name=op.f("fk_stock_movement_variant_id_variant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movement")),
        sa.UniqueConstraint("variant_id", "reference", name=op.f("uq_stock_movement_variant_id_reference")),
    )
    with op.batch_alter_table("stock_movement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_movement_import_id"), ["import_id"], unique=False)
        batch_op.create_index("ix_stock_movement_variant_id_at", ["variant_id", "at"], unique=False)


TABLES = (
    _authorisation,
    _channel,
    _counter,
    _import_run,
    _producer,
    _import_change,
    _lease,
    _order_line,
    _product,
    _run,
    _hold,
    _listing,
    _picture,
    _variant,
    _facet,
    _held_change,
    _intent,
    _offer,
    _outcome,
    _stock_movement,
)
