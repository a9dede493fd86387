-- Back: nothing was changed.
SELECT 1;
