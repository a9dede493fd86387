-- Back to 0021: nobody says who changes work items.

DROP FUNCTION etl_lock_work_items, etl_alone, etl_beside_others;
