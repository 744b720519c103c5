"""What accounts hold from before the lots lies in one opening lot each.

It never expires: nobody was told that it would. The whole history moves in it, so that every
sum holds for old entries as for new ones.
"""

from typing import ClassVar

from django.db import migrations

OPEN = """
INSERT INTO billing_creditlot (account_id, kind, credits, remaining, key, created_at)
SELECT a.id, 'granted',
    sum(e.amount) FILTER (WHERE e.amount > 0 AND e.kind <> 'refund'),
    a.balance - coalesce((SELECT sum(l.remaining) FROM billing_creditlot l
                          WHERE l.account_id = a.id), 0),
    'account:' || a.id || ':opening', min(e.created_at)
FROM billing_creditaccount a JOIN billing_creditentry e ON e.account_id = a.id
WHERE NOT EXISTS (SELECT FROM billing_creditentrylot m WHERE m.entry_id = e.id)
GROUP BY a.id;

INSERT INTO billing_creditentrylot (entry_id, lot_id, amount)
SELECT e.id, l.id, e.amount
FROM billing_creditentry e
JOIN billing_creditlot l ON l.key = 'account:' || e.account_id || ':opening'
WHERE e.kind <> 'refund'
    AND NOT EXISTS (SELECT FROM billing_creditentrylot m WHERE m.entry_id = e.id)
ORDER BY e.id;

INSERT INTO billing_creditentrylot (entry_id, lot_id, amount, of_id)
SELECT e.id, l.id, e.amount, taken.id
FROM billing_creditentry e
JOIN billing_creditlot l ON l.key = 'account:' || e.account_id || ':opening'
LEFT JOIN billing_creditentry c
    ON c.key = replace(e.key, ':refund', ':charge') AND c.kind = 'charge'
LEFT JOIN billing_creditentrylot taken ON taken.entry_id = c.id AND taken.lot_id = l.id
WHERE e.kind = 'refund'
    AND NOT EXISTS (SELECT FROM billing_creditentrylot m WHERE m.entry_id = e.id)
ORDER BY e.id;
"""
# Lots and their expiry are lost with it; balances and entries are not.
CLOSE = "TRUNCATE billing_creditentrylot, billing_creditlot"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0005_lots_hold_the_balance")]

    operations: ClassVar = [migrations.RunSQL(OPEN, CLOSE)]
