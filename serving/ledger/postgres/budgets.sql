-- Budgets in shards. Of each budget the shards' allotments add up to its limit, and the shards' holds to what
-- is held of it. Locks are taken in the order account, budget by name, shard: so nobody waits in a circle.

CREATE FUNCTION ledger_shards() RETURNS integer LANGUAGE sql STABLE AS
$$ SELECT s.value::integer FROM ledger_setting s WHERE s.name = 'shards' $$;

-- Connections that work at once mostly have shards of their own.
CREATE FUNCTION ledger_preferred() RETURNS integer LANGUAGE sql STABLE AS
$$ SELECT mod(pg_backend_pid(), ledger_shards()) $$;

CREATE FUNCTION ledger_names(campaign text, segment text, purpose text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN purpose = 'owed' THEN '{}'::text[]
    WHEN segment = '' THEN ARRAY['campaign:' || campaign, 'total']
    ELSE ARRAY['campaign:' || campaign, 'segment:' || segment, 'total'] END
$$;

CREATE FUNCTION ledger_lock_budgets(names text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM budget b WHERE b.name = ANY (names) ORDER BY b.name COLLATE "C", b.shard FOR UPDATE;
END $$;

CREATE FUNCTION ledger_lock_or_make(budget_name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger_lock_budgets(ARRAY[budget_name]);
  IF NOT EXISTS (SELECT FROM budget b WHERE b.name = budget_name) THEN
    INSERT INTO budget (name, shard, allotted_minor, held_minor, lowered)
      SELECT budget_name, n, NULL, 0, false FROM generate_series(0, ledger_shards() - 1) n
      ON CONFLICT DO NOTHING;
    PERFORM ledger_lock_budgets(ARRAY[budget_name]);
  END IF;
END $$;

-- Room for up to `want` (NULL: there is no limit) and the shard, locked, that it is in. At first one shard
-- that seems to have enough is locked; where it has not, its lock is given back with the subtransaction, all
-- shards are locked in order, and what all of them have left is brought together. Less than `enough` in all is
-- said from what everybody can see, without a lock.
CREATE FUNCTION ledger_room(budget_name text, want bigint, enough bigint, OUT room bigint, OUT in_shard integer)
LANGUAGE plpgsql AS $$
DECLARE
  one budget;
  free bigint;
  unlimited boolean;
  preferred integer := ledger_preferred();
BEGIN
  SELECT b.shard INTO in_shard FROM budget b
  WHERE b.name = budget_name AND NOT b.lowered
    AND (b.allotted_minor IS NULL OR b.allotted_minor - b.held_minor >= want)
  ORDER BY b.shard <> preferred, random() LIMIT 1;
  IF FOUND THEN
    BEGIN
      SELECT * INTO one FROM budget b WHERE b.name = budget_name AND b.shard = in_shard FOR UPDATE;
      IF one.allotted_minor IS NULL THEN RETURN; END IF;
      IF NOT one.lowered AND one.allotted_minor - one.held_minor >= want THEN
        room := want;
        RETURN;
      END IF;
      RAISE SQLSTATE 'HF001';
    EXCEPTION WHEN SQLSTATE 'HF001' THEN NULL;
    END;
  END IF;
  SELECT sum(b.allotted_minor - b.held_minor) INTO free FROM budget b WHERE b.name = budget_name;
  IF free < enough THEN
    room := free;
    RETURN;
  END IF;
  PERFORM ledger_lock_or_make(budget_name);
  in_shard := preferred;
  SELECT sum(b.allotted_minor - b.held_minor), bool_or(b.allotted_minor IS NULL) INTO free, unlimited
  FROM budget b WHERE b.name = budget_name;
  IF unlimited THEN RETURN; END IF;
  room := least(free, want);
  IF room >= enough THEN
    PERFORM ledger_share_out(budget_name, in_shard, free - room, room);
  END IF;
END $$;

-- All shards are locked. `extra` goes to one of them, `free` in equal parts to all.
CREATE FUNCTION ledger_share_out(budget_name text, favoured integer, free bigint, extra bigint)
RETURNS void LANGUAGE sql AS $$
  UPDATE budget b SET lowered = false, allotted_minor = b.held_minor + free / ledger_shards()
    + CASE WHEN b.shard = favoured THEN extra + mod(free, ledger_shards()) ELSE 0 END
  WHERE b.name = budget_name
$$;

CREATE FUNCTION ledger_hold(budget_name text, in_shard integer, change bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE budget b SET held_minor = b.held_minor + change WHERE b.name = budget_name AND b.shard = in_shard;
  IF NOT FOUND THEN RAISE EXCEPTION 'budget % has no shard %', budget_name, in_shard; END IF;
END $$;

-- A limit below what is held binds: what is missing stands in shard 0, and until `lowered` is gone every
-- grant looks at all shards.
CREATE FUNCTION ledger_set_limit(budget_name text, new_limit bigint, by_actor text, for_reason text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  free bigint;
BEGIN
  PERFORM ledger_lock_or_make(budget_name);
  SELECT new_limit - sum(b.held_minor) INTO free FROM budget b WHERE b.name = budget_name;
  IF new_limit IS NULL THEN
    UPDATE budget b SET allotted_minor = NULL, lowered = false WHERE b.name = budget_name;
  ELSIF free >= 0 THEN
    PERFORM ledger_share_out(budget_name, 0, free, 0);
  ELSE
    UPDATE budget b SET lowered = true,
      allotted_minor = b.held_minor + CASE WHEN b.shard = 0 THEN free ELSE 0 END
    WHERE b.name = budget_name;
  END IF;
  INSERT INTO budget_change (seq, at, budget, limit_minor, actor, reason)
  VALUES (nextval('entry_seq'), ledger_now(0), budget_name, new_limit, by_actor, for_reason);
END $$;
