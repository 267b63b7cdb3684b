DO $$
DECLARE
  one record;
BEGIN
  DROP TRIGGER entry_never_changes ON entry;
  DROP TRIGGER entry_never_truncated ON entry;
  FOR one IN
    SELECT p.oid::regprocedure::text AS signature FROM pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = current_schema() AND (left(p.proname, 7) = 'ledger_' OR p.proname = 'entry_never_changes')
  LOOP
    EXECUTE 'DROP FUNCTION ' || one.signature || ' CASCADE';
  END LOOP;
END $$;
