"""The database's own witness of the books, at the end of every transaction.

It comes before the opening lots: code from before the lots is refused for the moments until
then instead of moving a balance that no lot follows.
"""

from typing import ClassVar

from django.db import migrations

BALANCE = """
CREATE FUNCTION billing_balance_is_its_lots() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    account uuid;
    says bigint;
    held bigint;
BEGIN
    IF TG_TABLE_NAME = 'billing_creditaccount' THEN
        account := NEW.id;
    ELSE
        account := NEW.account_id;
    END IF;
    SELECT balance INTO says FROM billing_creditaccount WHERE id = account;
    SELECT coalesce(sum(remaining), 0) INTO held
        FROM billing_creditlot WHERE account_id = account AND remaining > 0;
    IF says IS DISTINCT FROM held THEN
        RAISE EXCEPTION 'account % says %, its lots hold %', account, says, held
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_balance_is_its_lots';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER billing_balance_is_its_lots
    AFTER INSERT OR UPDATE OF balance ON billing_creditaccount
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_balance_is_its_lots();
CREATE CONSTRAINT TRIGGER billing_balance_is_its_lots
    AFTER INSERT OR UPDATE OF remaining ON billing_creditlot
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_balance_is_its_lots();
"""
NO_BALANCE = """
DROP TRIGGER billing_balance_is_its_lots ON billing_creditlot;
DROP TRIGGER billing_balance_is_its_lots ON billing_creditaccount;
DROP FUNCTION billing_balance_is_its_lots();
"""
ENTRY = """
CREATE FUNCTION billing_entry_is_its_movements() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved bigint;
BEGIN
    SELECT coalesce(sum(amount), 0) INTO moved
        FROM billing_creditentrylot WHERE entry_id = NEW.id;
    IF moved <> NEW.amount THEN
        RAISE EXCEPTION 'entry % says %, its movements sum to %', NEW.key, NEW.amount, moved
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_entry_is_its_movements';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER billing_entry_is_its_movements
    AFTER INSERT ON billing_creditentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_entry_is_its_movements();
"""
NO_ENTRY = """
DROP TRIGGER billing_entry_is_its_movements ON billing_creditentry;
DROP FUNCTION billing_entry_is_its_movements();
"""
LOT = """
CREATE FUNCTION billing_lot_keeps_its_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a credit lot keeps its terms' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER billing_lot_keeps_its_terms BEFORE UPDATE ON billing_creditlot
    FOR EACH ROW WHEN (
        (NEW.id, NEW.account_id, NEW.kind, NEW.credits, NEW.expires_at, NEW.grace_of_id, NEW.key)
        IS DISTINCT FROM
        (OLD.id, OLD.account_id, OLD.kind, OLD.credits, OLD.expires_at, OLD.grace_of_id, OLD.key)
    ) EXECUTE FUNCTION billing_lot_keeps_its_terms();
CREATE TRIGGER billing_lot_stays BEFORE DELETE ON billing_creditlot
    FOR EACH ROW EXECUTE FUNCTION billing_lot_keeps_its_terms();
"""
NO_LOT = """
DROP TRIGGER billing_lot_stays ON billing_creditlot;
DROP TRIGGER billing_lot_keeps_its_terms ON billing_creditlot;
DROP FUNCTION billing_lot_keeps_its_terms();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0004_credits_lie_in_lots")]

    operations: ClassVar = [
        migrations.RunSQL(BALANCE, NO_BALANCE),
        migrations.RunSQL(ENTRY, NO_ENTRY),
        migrations.RunSQL(LOT, NO_LOT),
    ]
